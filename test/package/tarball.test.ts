/** The packed tarball, installed as a user would, in the Node-RED versions that the README names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NodeRedProcess, settingsFile, startNodeRed } from '../../demo/node-red-process.ts';
import { freePort } from '../support/free-port.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const packageName = '@uma-home/node-red-uma';
const nodeTypes = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { 'node-red': { nodes: Record<string, string> } })[
    'node-red'
  ].nodes,
);
const shown = ['device-identity', 'uma-request', 'rpt-check', 'share', 'revoke'];
const nodeBinary = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

interface Variant {
  nodeRed: string;
  node?: string;
}
const variants: Variant[] = [{ nodeRed: '4.1.8' }, { nodeRed: '5.0.7', node: '22.23.3' }];

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

describe('the packed tarball', () => {
  const work = mkdtempSync(join(tmpdir(), 'uma-package-'));
  let tarball = '';

  before(() => {
    npm(['pack', '--pack-destination', work, '--silent'], root);
    tarball = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? '');
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it('holds no test, no source and no flow of ours that was used', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
    assert.deepEqual(
      files.filter((file) => /(^|\/)(test|bench|scripts|\.demo|\.ci)\//.test(file) || /(?<!\.d)\.ts$/.test(file)),
      [],
    );
    assert.ok(files.includes('package/LICENSE'));
    assert.ok(files.includes('package/dist/portal/portal.js'), 'the owner’s pages');
  });

  for (const variant of variants) {
    describe(`in Node-RED ${variant.nodeRed} on ${variant.node ? `Node ${variant.node}` : 'this Node'}`, () => {
      const home = join(work, `node-red-${variant.nodeRed}`);
      const userDir = join(home, 'user');
      let nodeRed: NodeRedProcess | undefined;
      let url = '';

      before(async () => {
        mkdirSync(userDir, { recursive: true });
        writeFileSync(join(home, 'package.json'), '{"private":true}');
        writeFileSync(join(userDir, 'package.json'), '{"private":true}');
        npm(
          ['install', `node-red@${variant.nodeRed}`, ...(variant.node ? [`${nodeBinary}@${variant.node}`] : [])],
          home,
        );
        npm(['install', tarball], userDir);
        const port = await freePort();
        writeFileSync(join(userDir, 'settings.js'), settingsFile(port));
        const node = variant.node ? join(home, 'node_modules', nodeBinary, 'bin', 'node') : process.execPath;
        nodeRed = await startNodeRed({
          userDir,
          port,
          program: { node, redJs: join(home, 'node_modules', 'node-red', 'red.js') },
        });
        url = nodeRed.url;
      });
      after(async () => await nodeRed?.stop());

      const get = async (path: string, accept = 'application/json'): Promise<Response> =>
        await fetch(`${url}${path}`, { headers: { accept } });

      it('loads every node without an error', async () => {
        const sets = (await (await get('/nodes')).json()) as {
          module: string;
          types: string[];
          err?: string;
          enabled: boolean;
        }[];
        const ours = sets.filter((set) => set.module === packageName);
        assert.deepEqual(ours.flatMap((set) => set.types).sort(), [...nodeTypes].sort());
        assert.deepEqual(
          ours.filter((set) => set.err !== undefined || !set.enabled),
          [],
        );
      });

      it('loads the sidebar, its code and its words', async () => {
        const plugins = (await (await get('/plugins')).json()) as { module: string; id: string; err?: string }[];
        const [sidebar] = plugins.filter(({ module }) => module === packageName);
        assert.deepEqual([sidebar?.id, sidebar?.err], [`${packageName}/uma-sidebar`, undefined]);
        const html = await (await get('/plugins', 'text/html')).text();
        assert.match(html, /registerPlugin\('uma-sidebar'/);
        assert.equal((await get(`/resources/${packageName}/uma-sidebar.editor.js`)).status, 200);
        const words = await get('/plugins/messages?lng=en-US');
        assert.match(await words.text(), /Open the owner's page/);
        assert.equal((await get('/uma-home/sidebar/unknown')).status, 415, 'its routes are there');
      });

      it('gives the editor every form and its help', async () => {
        const html = await (await get('/nodes', 'text/html')).text();
        for (const type of nodeTypes) {
          assert.match(html, new RegExp(`data-template-name="${type}"`), `${type}: the form`);
          assert.match(html, new RegExp(`data-help-name="${type}"`), `${type}: the help`);
        }
      });

      it('gives the editor the words, the code and an icon of each node', async () => {
        for (const type of nodeTypes) {
          const [english, german] = await Promise.all(
            ['en-US', 'de'].map(async (language) => {
              const words = await get(`/locales/${packageName}/${type}?lng=${language}`);
              assert.equal(words.status, 200, type);
              return JSON.stringify(await words.json());
            }),
          );
          assert.ok((english ?? '').length > 2, `${type}: its words`);
          assert.notEqual(german, english, `${type}: its German words`);
        }
        const icons = (await (await get('/icons')).json()) as Record<string, string[]>;
        assert.ok((icons[packageName] ?? []).length >= shown.length, 'an icon each');
        for (const icon of icons[packageName] ?? [])
          assert.equal((await get(`/icons/${packageName}/${icon}`)).status, 200, icon);
      });

      it('offers the examples, and the first imports into this empty Node-RED', async () => {
        const examples = JSON.stringify(await (await get(`/library/examples/flows/${packageName}`)).json());
        assert.match(examples, /First steps/);
        const example = await (await get(`/library/examples/flows/${packageName}/First%20steps`)).json();
        const deployed = await fetch(`${url}/flows`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(example),
        });
        assert.equal(deployed.status, 204);
      });
    });
  }
});
