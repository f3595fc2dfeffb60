/** Every example as its reader plays it: imported one after the other into one Node-RED, and each button pressed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EditorLine, openEditorLine } from '../../demo/editor-line.ts';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../demo/node-red-process.ts';
import { inTime, type Shown } from '../../demo/stage.ts';
import { freePort } from '../support/free-port.ts';
import { eventually } from './support/eventually.ts';
import { type OwnerCall, owner, signIn } from './support/flow-home.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'examples');

type FlowNode = Record<string, unknown> & { id: string; type: string };
type Heard = Shown & { code?: string; link?: string; owner?: string; state?: string; keyThumbprint?: string };

const titles = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort();
const example = (title: string): FlowNode[] => JSON.parse(readFileSync(join(folder, title), 'utf8'));

/** What the editor's import makes of nodes that are there already: they stay as they are. */
function imported(there: readonly FlowNode[], more: readonly FlowNode[]): FlowNode[] {
  const known = new Set(there.map(({ id }) => id));
  return [...there, ...more.filter(({ id }) => !known.has(id))];
}

describe('the examples', () => {
  let nodeRed: NodeRedProcess;
  let line: EditorLine;
  let userDir: string;
  let issuer: string;
  let ownerCall: OwnerCall;
  let flows: FlowNode[] = [];

  async function press(button: string, heard: string, fits?: (shown: Heard) => boolean): Promise<Heard> {
    const next = line.heard(heard, fits as ((value: unknown) => boolean) | undefined, performance.now());
    const mistake = line.heard(heard.replace(/-.*/, '-heard-error'), undefined, performance.now()).then(({ value }) => {
      throw new Error(JSON.stringify(value));
    });
    const [{ value }] = await inTime(button, Promise.all([Promise.race([next, mistake]), line.press(button)]));
    return value as Heard;
  }

  before(async () => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-examples-'));
    const [port, umaPort] = [await freePort(), await freePort()];
    prepareUserDir(userDir, root, port);
    const env = { UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password };
    nodeRed = await startNodeRed({ userDir, port, env, onLine: () => {} });
    line = await openEditorLine(nodeRed.url);
    for (const title of titles) {
      flows = imported(flows, example(title)).map((node) =>
        node.type === 'uma-authorization-server' ? { ...node, port: String(umaPort) } : node,
      );
      await line.deploy(flows, 'full');
    }
    const [code] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(await nodeRed.line(/let it in with the code/)) ?? [];
    issuer = `http://127.0.0.1:${umaPort}`;
    ownerCall = await signIn(issuer);
    assert.equal((await ownerCall('POST', `/api/codes/${code}/approve`, {})).status, 200);
    await nodeRed.line(/connected to its owner/);
    for (const [list, names] of [
      ['resources', ['Dishwasher', 'Lamp']],
      ['devices', ['Thermostat', 'Doorbell', "Guest's phone"]],
    ] as const)
      await eventually(`this Node-RED should know of ${names.join(', ')}`, async () => {
        const headers = { 'x-uma-home': '1' };
        const known = await (
          await fetch(`${nodeRed.url}/uma-home/servers/uma-home-server/${list}`, { headers })
        ).text();
        return names.every((name) => known.includes(`"${name}"`));
      });
  });
  after(async () => {
    line?.close();
    await nodeRed?.stop();
    if (userDir) rmSync(userDir, { recursive: true, force: true });
  });

  it('share one server, and one node for each device and resource', () => {
    const configs = flows.filter(({ z, type }) => z === undefined && type !== 'tab');
    assert.equal(configs.filter(({ type }) => type === 'uma-authorization-server').length, 1);
    assert.equal(new Set(configs.map(({ type, key }) => `${type} ${key}`)).size, configs.length);
    for (const title of titles)
      for (const node of example(title).filter(({ z, type }) => z === undefined && type !== 'tab'))
        assert.match(node.id, /^uma-home-/, title);
  });

  it('say on a comment what to press, and hold no secret', () => {
    for (const title of titles) {
      const [comment] = example(title).filter(({ type }) => type === 'comment');
      assert.match(String(comment?.name), /[Pp]ress/, title);
      assert.doesNotMatch(readFileSync(join(folder, title), 'utf8'), /password"|"d"\s*:|eyJ/, title);
    }
  });

  it('One-time permission: one message passes, the next waits for the owner', async () => {
    assert.match((await press('ot-press-share', 'ot-heard-share')).sentence ?? '', /Thermostat may turn on Lamp/);
    assert.equal((await press('ot-press-ask', 'ot-heard-ask')).statusCode, 200);
    const second = await press('ot-press-ask', 'ot-heard-ask');
    assert.notEqual(second.statusCode, 200);
  });

  it('A guest until Sunday: has an end, and can be sent home before', async () => {
    const shared = await press('gs-press-share', 'gs-heard-share');
    assert.match(shared.sentence ?? '', /^Guest's phone may turn on Lamp until Sunday 20:00/);
    assert.equal((await press('gs-press-ask', 'gs-heard-ask')).statusCode, 200);
    const { receipt } = await press('gs-press-revoke', 'gs-heard-revoke');
    assert.equal(receipt?.revoked?.length, 1);
    assert.notEqual((await press('gs-press-ask', 'gs-heard-ask')).statusCode, 200);
  });

  it('Approve from the phone: the flow hears of the request, and the owner says yes elsewhere', async () => {
    const fits = (value: unknown) => /^Doorbell/.test((value as Heard).sentence ?? '');
    const told = line.heard('ph-heard-request', fits, performance.now());
    assert.equal((await press('ph-press-ask', 'ph-heard-ask')).outcome, 'pending');
    const { id, sentence } = (await inTime('the request', told)).value as { id: string; sentence: string };
    assert.match(sentence, /Doorbell asks to turn on Lamp/);
    assert.equal((await ownerCall('POST', `/api/requests/${id}/approve`, {})).status, 201);
    await eventually('the doorbell should be let through', async () => {
      return (await press('ph-press-ask', 'ph-heard-ask')).statusCode === 200;
    });
  });

  it('Claim a device with a QR code: a code, then what the owner said', async () => {
    const shown = await press('cl-press-claim', 'cl-heard-claim');
    assert.match(shown.code ?? '', /^[A-Z]{4}-[A-Z]{4}$/);
    assert.ok(shown.link?.includes(shown.code ?? 'none'));
    const answer = line.heard('cl-heard-claim', (value) => (value as Heard).outcome !== undefined, performance.now());
    assert.equal((await ownerCall('POST', `/api/codes/${shown.code}/approve`, {})).status, 200);
    assert.equal(((await inTime('the answer', answer)).value as Heard).outcome, 'claimed');
    const status = await press('cl-press-status', 'cl-heard-status');
    assert.deepEqual([status.state, status.owner], ['active', owner.name]);
  });

  it('Panic button: nothing passes until the owner lets it go on', async () => {
    await press('pa-press-share', 'pa-heard-share');
    assert.equal((await press('pa-press-ask', 'pa-heard-ask')).statusCode, 200);
    assert.match((await press('pa-press-panic', 'pa-heard-panic')).sentence ?? '', /^Everything is stopped/);
    assert.notEqual((await press('pa-press-ask', 'pa-heard-ask')).statusCode, 200);
    // Every session ended with the rest.
    const again = await signIn(issuer);
    assert.equal((await again('DELETE', '/api/panic', { password: owner.password })).status, 200);
    await eventually('it should pass again', async () => {
      return (await press('pa-press-ask', 'pa-heard-ask')).statusCode === 200;
    });
  });
});
