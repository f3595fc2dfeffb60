/** `npm start` with nothing set: the home lies inside the package, whose own `package.json` must not reach into it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoPlace, demoPlace, startDemo } from '../support/demo-home.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the demo in its own folder', () => {
  const copy = mkdtempSync(join(tmpdir(), 'uma-package-'));
  let place: DemoPlace;
  before(async () => {
    place = await demoPlace();
    for (const part of ['package.json', 'dist', 'examples', 'resources'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  });
  after(() => {
    place.remove();
    rmSync(copy, { recursive: true, force: true });
  });

  it('starts, tells its story, keeps its home there and finds it again', async () => {
    const dir = join(copy, '.demo');
    const where = { ...place, dir, program: join(copy, 'dist', 'demo', 'start.js') };
    const first = await startDemo(where, [], { UMA_DEMO_DIR: '' });
    assert.equal(await first.stop(), 0);
    assert.match(first.output(), /That was the story/);
    assert.ok(existsSync(join(dir, 'owner-password')));
    const second = await startDemo(where, [], { UMA_DEMO_DIR: '' });
    assert.equal(await second.stop(), 0);
    assert.match(second.output(), /Remembered: the owner "demo"/);
  });
});
