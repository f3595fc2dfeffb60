/** A Node-RED whose editor has a login, and lets others look: what is shown to whom while nobody owns the home yet. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../demo/node-red-process.ts';
import { freePort } from '../support/free-port.ts';

const root = join(import.meta.dirname, '..', '..');
const server = 'n-home';

/** Whoever comes without a token may read; the tokens are those of people who signed in. */
const adminAuth = `module.exports.adminAuth = {
  type: 'credentials',
  users: [],
  default: { permissions: 'read' },
  tokens: async (token) => ({ looker: { username: 'looker', permissions: 'read' }, admin: { username: 'admin', permissions: '*' } })[token],
};\n`;

describe('an editor with a login', () => {
  let nodeRed: NodeRedProcess;
  const userDir = mkdtempSync(join(tmpdir(), 'uma-editor-login-'));

  before(async () => {
    const port = await freePort();
    prepareUserDir(userDir, root, port);
    appendFileSync(join(userDir, 'settings.js'), adminAuth);
    const nodes = [
      { id: 'n-tab', type: 'tab', label: 'Home' },
      { id: server, type: 'uma-authorization-server', kind: 'built-in', port: String(await freePort()), name: 'Home' },
      { id: 'n-device', type: 'uma-device', server, key: 'lamp', name: 'Lamp' },
      { id: 'n-node', z: 'n-tab', type: 'device-identity', deviceType: 'config', device: 'n-device', wires: [[]] },
    ];
    writeFileSync(join(userDir, 'flows.json'), JSON.stringify(nodes));
    nodeRed = await startNodeRed({ userDir, port, env: { UMA_OWNER: '', UMA_OWNER_PASSWORD: '' } });
    await nodeRed.line(/\/setup\?code=/);
  });
  after(async () => {
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const asked = async (path: string, token?: string): Promise<string> => {
    const headers = { 'x-uma-home': '1', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${nodeRed.url}/uma-home/servers/${server}${path}`, { headers });
    return `${response.status} ${await response.text()}`;
  };

  it('shows the link that makes an owner to whoever may deploy, and to nobody who may only look', async () => {
    for (const token of [undefined, 'looker']) {
      for (const path of ['', '/set-up'])
        assert.doesNotMatch(await asked(path, token), /setup\?code=/, `${token} ${path}`);
      assert.match(await asked('', token), /^200 .*no-owner/);
    }
    assert.match(await asked('/set-up', 'admin'), /^200 .*\/setup\?code=/);
  });

  it('lets whoever may only look see the sidebar, and answer or stop nothing', async () => {
    const sidebar = async (method: string, path: string, token?: string): Promise<number> => {
      const headers = {
        ...{ 'x-uma-home': '1', 'content-type': 'application/json' },
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const init = { method, headers, ...(method === 'POST' && { body: '{}' }) };
      return (await fetch(`${nodeRed.url}/uma-home/sidebar/${server}${path}`, init)).status;
    };
    const acts = ['/stop', '/devices/lamp/suspend', '/requests/r/approve', '/requests/r/deny'];
    for (const token of [undefined, 'looker']) {
      assert.equal(await sidebar('GET', '/devices', token), 200);
      for (const path of acts) assert.equal(await sidebar('POST', path, token), 401, `${token} ${path}`);
    }
    for (const path of acts) assert.equal(await sidebar('POST', path, 'admin'), 200, path);
  });
});
