/** The packed tarball, installed as a user would, in the Node-RED versions that the README names. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type NodeRedProcess, settingsFile, startNodeRed } from '../../demo/node-red-process.ts';
import { type ExampleHome, type ExampleNode, openExampleHome } from '../flows/support/example-home.ts';
import { examplePlays } from '../flows/support/example-plays.ts';
import { owner } from '../flows/support/flow-home.ts';
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
/** The newest of each line. */
const variants: Variant[] = [{ nodeRed: '4.1.15' }, { nodeRed: '5.0.7', node: '22.23.3' }];

async function npm(args: string[], cwd: string): Promise<void> {
  const options = { cwd, shell: process.platform === 'win32' };
  await promisify(execFile)('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
}

describe('the packed tarball', () => {
  const work = mkdtempSync(join(tmpdir(), 'uma-package-'));
  const installs = new Map<Variant, Promise<void>>();
  let tarball = '';
  const homeOf = ({ nodeRed }: Variant): string => join(work, `node-red-${nodeRed}`);

  async function install(variant: Variant): Promise<void> {
    const home = homeOf(variant);
    const userDir = join(home, 'user');
    mkdirSync(userDir, { recursive: true });
    for (const dir of [home, userDir]) writeFileSync(join(dir, 'package.json'), '{"private":true}');
    const node = variant.node ? [`${nodeBinary}@${variant.node}`] : [];
    await npm(['install', `node-red@${variant.nodeRed}`, ...node], home);
    await npm(['install', tarball], userDir);
  }

  before(async () => {
    await npm(['pack', '--pack-destination', work, '--silent'], root);
    tarball = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? '');
    // Beside each other: most of it is waiting. Whoever needs one waits for it, and hears what kept it.
    for (const variant of variants) {
      const done = install(variant);
      done.catch(() => {});
      installs.set(variant, done);
    }
  });
  after(async () => {
    await Promise.allSettled(installs.values());
    rmSync(work, { recursive: true, force: true });
  });

  it('holds no test, no source, no flow of ours that was used and no picture', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
    assert.deepEqual(
      files.filter((file) => /(^|\/)(test|bench|scripts|\.demo|\.ci)\//.test(file) || /(?<!\.d)\.ts$/.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /\.(png|webp|jpe?g)$/.test(file)),
      [],
    );
    assert.ok(files.includes('package/LICENSE'));
    assert.ok(files.includes('package/dist/portal/portal.js'), 'the owner’s pages');
  });

  for (const variant of variants) {
    describe(`in Node-RED ${variant.nodeRed} on ${variant.node ? `Node ${variant.node}` : 'this Node'}`, () => {
      const home = homeOf(variant);
      const userDir = join(home, 'user');
      let nodeRed: NodeRedProcess | undefined;
      let url = '';

      before(async () => {
        await installs.get(variant);
        const port = await freePort();
        writeFileSync(join(userDir, 'settings.js'), settingsFile(port));
        const node = variant.node ? join(home, 'node_modules', nodeBinary, 'bin', 'node') : process.execPath;
        nodeRed = await startNodeRed({
          userDir,
          port,
          env: { UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password },
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

      describe('offers the examples, which an editor imports one after the other', () => {
        let examples: ExampleHome | undefined;

        before(async () => {
          const offered = await Promise.all(
            examplePlays.map(async ({ example }) => {
              const found = await get(`/library/examples/flows/${packageName}/${encodeURIComponent(example)}`);
              assert.equal(found.status, 200, example);
              return (await found.json()) as ExampleNode[];
            }),
          );
          examples = await openExampleHome(nodeRed ?? assert.fail('no Node-RED'), await freePort(), offered);
        });
        after(() => examples?.line.close());

        for (const { example, what, play } of examplePlays)
          it(`${example}: ${what}`, () => play(examples ?? assert.fail('nothing was imported')));
      });
    });
  }
});
