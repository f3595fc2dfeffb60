import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freshPlace, type StorePlace } from '../unit/store/fresh-store.ts';

const script = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const numbers = { name: 'numbers', version: 1, read: (stored: unknown) => Number(stored) };

describe('store among processes', function () {
  this.timeout(60_000);
  let place: StorePlace;
  let children: ChildProcess[];
  beforeEach(() => {
    place = freshPlace();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await place.remove();
  });

  function start(task: string) {
    const child = spawn(process.execPath, ['--import=tsx/esm', script, task, place.dir, place.keyDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    return { child, lines: createInterface({ input: child.stdout }) };
  }

  it('loses no acknowledged write to kill -9, however often', async () => {
    for (const killAfter of [1, 200, 731]) {
      const { child, lines } = start('write');
      let last = '';
      let count = 0;
      for await (const line of lines) {
        last = line;
        count += 1;
        if (count === killAfter) child.kill('SIGKILL');
      }
      // Its pipe ends before it is gone.
      if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
      assert.ok(count >= killAfter);
      const table = (await place.open()).table(numbers);
      const kept = [...table.entries({ limit: count })].map(([key]) => key);
      assert.equal(kept.length, count);
      assert.equal(kept.at(-1), last);
      assert.equal(table.get(last), Number(last));
      await place.closeAll();
    }
  });

  it('lets no second living process in, and tells its number', async () => {
    const { child, lines } = start('hold');
    await once(lines, 'line');
    await assert.rejects(place.open(), {
      code: 'store_in_use',
      hint: { key: 'hint.store_in_use', values: { path: place.dir, pid: child.pid } },
    });
    child.stdin?.end();
    await once(child, 'exit');
    assert.equal(existsSync(join(place.dir, 'lock')), false, 'closing gives the lock up');
    await place.open();
    const { lines: told } = start('report');
    assert.equal(String(await once(told, 'line')), `store_in_use ${process.pid}`);
  });

  it('takes over at once from a process that was killed, or whose number another one has now', async () => {
    const { child, lines } = start('hold');
    await once(lines, 'line');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = join(place.dir, 'lock');
    const left = JSON.parse(readFileSync(lock, 'utf8'));
    await place.open();
    await place.closeAll();
    writeFileSync(lock, JSON.stringify({ ...left, pid: process.ppid }));
    await place.open();
    await place.closeAll();
    writeFileSync(lock, 'no lock at all');
    await place.open();
  });

  describe('in another container, where process ids mean nothing here', () => {
    const lock = () => join(place.dir, 'lock');
    const heldElsewhere = async () => {
      await place.open();
      const mine = JSON.parse(readFileSync(lock(), 'utf8'));
      await place.closeAll();
      writeFileSync(lock(), JSON.stringify({ ...mine, namespace: 'pid:[1]' }));
    };

    it('a holder that shows that it lives is let be', async () => {
      await heldElsewhere();
      const opening = place.open();
      const soon = setTimeout(() => utimesSync(lock(), new Date(), new Date()), 700);
      await assert.rejects(opening, { code: 'store_in_use' });
      clearTimeout(soon);
      assert.ok(existsSync(lock()), 'and its lock with it');
    });

    it('a holder that has been silent is succeeded, without a second start', async () => {
      await heldElsewhere();
      const long = new Date(Date.now() - 14_000);
      utimesSync(lock(), long, long);
      await place.open();
      assert.equal(JSON.parse(readFileSync(lock(), 'utf8')).namespace === 'pid:[1]', false);
    });
  });

  it('gives the lock up when the process exits without closing', async () => {
    const { child } = start('exit');
    await once(child, 'exit');
    assert.equal(existsSync(join(place.dir, 'lock')), false);
    assert.equal((await place.open()).table(numbers).get('last'), 1);
  });

  it('opens for exactly one of several processes that start at once', async () => {
    const starters = Array.from({ length: 3 }, () => start('hold'));
    const outcomes = await Promise.all(
      starters.map(({ child, lines }) =>
        Promise.race([once(lines, 'line').then(String), once(child, 'exit').then(() => 'refused')]),
      ),
    );
    assert.deepEqual(outcomes.sort(), ['open', 'refused', 'refused']);
  });
});
