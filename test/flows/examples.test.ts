/** Every example as its reader plays it: imported one after the other into one Node-RED, and each button pressed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../demo/node-red-process.ts';
import { freePort } from '../support/free-port.ts';
import { type ExampleHome, type ExampleNode, openExampleHome } from './support/example-home.ts';
import { examplePlays } from './support/example-plays.ts';
import { owner } from './support/flow-home.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'examples');

const titles = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''))
  .sort();
const text = (title: string): string => readFileSync(join(folder, `${title}.json`), 'utf8');
const example = (title: string): ExampleNode[] => JSON.parse(text(title));

describe('the examples', () => {
  let nodeRed: NodeRedProcess;
  let userDir: string;
  let home: ExampleHome;

  before(async () => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-examples-'));
    const port = await freePort();
    prepareUserDir(userDir, root, port);
    const env = { UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password };
    nodeRed = await startNodeRed({ userDir, port, env, onLine: () => {} });
    home = await openExampleHome(nodeRed, await freePort(), titles.map(example));
  });
  after(async () => {
    home?.line.close();
    await nodeRed?.stop();
    if (userDir) rmSync(userDir, { recursive: true, force: true });
  });

  it('share one server, and one node for each device and resource', () => {
    const configs = home.flows.filter(({ z, type }) => z === undefined && type !== 'tab');
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
      assert.doesNotMatch(text(title), /password"|"d"\s*:|eyJ/, title);
    }
  });

  it('are all played', () => assert.deepEqual(examplePlays.map(({ example }) => example).sort(), titles));

  for (const { example, what, play } of examplePlays) it(`${example}: ${what}`, () => play(home));
});
