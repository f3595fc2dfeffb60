import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../../../lib/store/errors.ts';
import type { TableKind } from '../../../lib/store/gateway-store.ts';
import { freshPlace, type StorePlace } from './fresh-store.ts';

interface Fruit {
  name: string;
  weight?: number;
}

const fruits: TableKind<Fruit> = { name: 'fruits', version: 1, read: (stored) => stored as Fruit };
const secrets: TableKind<string> = { name: 'secrets', version: 1, sealed: true, read: (stored) => String(stored) };

describe('store', () => {
  let place: StorePlace;
  beforeEach(() => {
    place = freshPlace();
  });
  afterEach(() => place.remove());

  it('reads what was written, in a later opening too', async () => {
    const store = await place.open();
    store.table(fruits).put('a', { name: 'apple' });
    await store.transaction(() => store.table(fruits).put('b', { name: 'banana', weight: 3 }));
    await store.close();
    const again = (await place.open()).table(fruits);
    assert.deepEqual(again.get('a'), { name: 'apple' });
    assert.deepEqual(
      [...again.entries()],
      [
        ['a', { name: 'apple' }],
        ['b', { name: 'banana', weight: 3 }],
      ],
    );
    again.remove('a');
    assert.equal(again.get('a'), undefined);
  });

  it('sees a write inside a transaction at once, and none of it after a throw', async () => {
    const store = await place.open();
    const table = store.table(fruits);
    table.put('kept', { name: 'kept' });
    const failing = store.transaction(() => {
      table.put('kept', { name: 'changed' });
      table.put('new', { name: 'new' });
      table.remove('kept');
      assert.deepEqual(table.get('new'), { name: 'new' });
      assert.equal(table.get('kept'), undefined);
      throw new Error('no');
    });
    assert.deepEqual([...table.entries()], [['kept', { name: 'kept' }]], 'rolled back within the call');
    await assert.rejects(failing, /no/);
  });

  it('makes a nested transaction part of the outer one, whoever catches its throw', async () => {
    const store = await place.open();
    const table = store.table(fruits);
    const inner: Promise<string>[] = [];
    const outer = store.transaction(() => {
      inner.push(store.transaction(() => 'done'));
      table.put('a', { name: 'a' });
      inner.push(
        store.transaction(() => {
          throw new Error('inner');
        }),
      );
      table.put('b', { name: 'b' });
    });
    await assert.rejects(outer, /inner/);
    const ends = await Promise.allSettled(inner);
    assert.deepEqual(
      ends.map((end) => end.status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual([...table.entries()], []);
    assert.equal(await store.transaction(() => 7), 7, 'the next one works');
  });

  it('refuses asynchronous work and keeps nothing of it', async () => {
    const store = await place.open();
    const table = store.table(fruits);
    const work = async () => table.put('a', { name: 'a' });
    await assert.rejects(store.transaction(work), { code: 'store_misused' });
    assert.equal(table.get('a'), undefined);
  });

  it('lists by prefix, after a key, backwards and bounded, in key order', async () => {
    const table = (await place.open()).table(fruits);
    const neighbour = (await place.open()).table({ ...fruits, name: 'fruitz' });
    for (const key of ['', 'a', 'a\0', 'ab', 'b', 'é', '😀']) table.put(key, { name: key });
    neighbour.put('a', { name: 'stranger' });
    const keys = (range?: Parameters<typeof table.entries>[0]) => [...table.entries(range)].map(([key]) => key);
    assert.deepEqual(keys(), ['', 'a', 'a\0', 'ab', 'b', 'é', '😀']);
    assert.deepEqual(keys({ reverse: true }), ['😀', 'é', 'b', 'ab', 'a\0', 'a', '']);
    assert.deepEqual(keys({ prefix: 'a' }), ['a', 'a\0', 'ab']);
    assert.deepEqual(keys({ prefix: 'a', reverse: true, limit: 2 }), ['ab', 'a\0']);
    assert.deepEqual(keys({ after: 'a', limit: 2 }), ['a\0', 'ab']);
    assert.deepEqual(keys({ after: 'aa', reverse: true }), ['a\0', 'a', '']);
    assert.deepEqual(keys({ prefix: 'b', after: 'a' }), ['b']);
    assert.deepEqual(keys({ prefix: 'a', after: 'b', reverse: true }), ['ab', 'a\0', 'a']);
    assert.deepEqual(keys({ limit: 0 }), []);
  });

  it('counts by prefix, with what this transaction has written and removed so far', async () => {
    const store = await place.open();
    const table = store.table(fruits);
    await store.transaction(() => {
      for (const key of ['a', 'a/1', 'a/2', 'a0', 'b/1', 'ä/1']) table.put(key, { name: key });
    });
    assert.deepEqual(['', 'a', 'a/', 'b/', 'ä', 'z'].map(table.count), [6, 4, 2, 1, 1, 0]);
    const refused = store.transaction(() => {
      table.put('a/3', { name: 'new' });
      table.remove('a/1');
      table.remove('a/2');
      assert.equal(table.count('a/'), 1);
      throw new Error('no');
    });
    await assert.rejects(refused, /^Error: no$/);
    assert.equal(table.count('a/'), 2);
  });

  it('walks a long table in parts, while it is being changed', async () => {
    const store = await place.open();
    const table = store.table(fruits);
    const key = (n: number) => String(n).padStart(5, '0');
    await store.transaction(() => {
      for (let n = 0; n < 1000; n++) table.put(key(n), { name: key(n) });
    });
    assert.equal([...table.entries({ reverse: true, limit: 650 })].length, 650);
    const seen: string[] = [];
    for (const [at] of table.entries()) {
      seen.push(at);
      table.remove(at);
    }
    assert.equal(seen.length, 1000);
    assert.deepEqual(seen, [...seen].sort());
    assert.deepEqual([...table.entries()], []);
  });

  it('keeps namespaces and tables apart in one directory', async () => {
    const one = (await place.open({ namespace: 'one' })).table(fruits);
    const two = (await place.open({ namespace: 'two' })).table(fruits);
    one.put('x', { name: 'one' });
    assert.equal(two.get('x'), undefined);
    two.put('x', { name: 'two' });
    assert.deepEqual(one.get('x'), { name: 'one' });
  });

  it('migrates an older record, refuses a newer table and leaves it as it was', async () => {
    const store = await place.open();
    store.table(fruits).put('a', { name: 'apple' });
    const weighed: TableKind<Fruit> = {
      name: 'fruits',
      version: 2,
      read: (stored, version) => (version === 1 ? { ...(stored as Fruit), weight: 0 } : (stored as Fruit)),
    };
    assert.deepEqual(store.table(weighed).get('a'), { name: 'apple', weight: 0 });
    store.table(weighed).put('b', { name: 'banana', weight: 3 });
    assert.throws(() => store.table(fruits), { code: 'store_newer' });
    assert.deepEqual(store.table(weighed).get('b'), { name: 'banana', weight: 3 });
  });

  it('says store_corrupt where a record cannot be read', async () => {
    const store = await place.open();
    store.table(fruits).put('a', { name: 'apple' });
    const picky = store.table<Fruit>({ ...fruits, read: () => assert.fail('not mine') });
    assert.throws(() => picky.get('a'), { code: 'store_corrupt' });
    assert.throws(() => [...picky.entries()], { code: 'store_corrupt' });
    assert.throws(() => store.table({ ...secrets, name: 'fruits' }).get('a'), { code: 'store_corrupt' });
  });

  it('refuses keys that cannot be told apart or are too long', async () => {
    const table = (await place.open()).table(fruits);
    assert.throws(() => table.put('\ud800', { name: 'x' }), { code: 'store_misused' });
    assert.throws(() => table.get('x'.repeat(2000)), { code: 'store_misused' });
  });

  it('seals what is to be sealed: nothing of it stands in the files', async () => {
    const store = await place.open();
    store.table(secrets).put('token', 'very-secret-refresh-token');
    store.table(fruits).put('open', { name: 'plainly-readable' });
    assert.equal(store.table(secrets).get('token'), 'very-secret-refresh-token');
    await store.close();
    const raw = readFileSync(join(place.dir, 'data.mdb'));
    assert.equal(raw.includes('very-secret'), false);
    assert.equal(raw.includes(Buffer.from('very-secret-refresh-token').toString('base64url')), false);
    assert.equal(raw.includes('plainly-readable'), true);
  });

  it('keeps directory, data and key to the user who runs it', async () => {
    await place.open();
    const mode = (path: string) => statSync(path).mode & 0o777;
    assert.equal(mode(place.dir), 0o700);
    assert.equal(mode(join(place.dir, 'data.mdb')), 0o600);
    assert.equal(mode(join(place.keyDir, 'key')), 0o600);
  });

  it('is shared by everybody in one process and gives up its lock with the last of them', async () => {
    const exitListeners = process.listenerCount('exit');
    const [one, two] = await Promise.all([place.open(), place.open()]);
    one.table(fruits).put('a', { name: 'apple' });
    await Promise.all([one.close(), one.close()]);
    assert.deepEqual(two.table(fruits).get('a'), { name: 'apple' });
    assert.throws(() => one.table(fruits), { code: 'store_closed' });
    await assert.rejects(
      one.transaction(() => 1),
      { code: 'store_closed' },
    );
    const closing = two.close();
    const three = await place.open();
    await closing;
    assert.deepEqual(three.table(fruits).get('a'), { name: 'apple' });
    assert.ok(existsSync(join(place.dir, 'lock')));
    await three.close();
    assert.equal(existsSync(join(place.dir, 'lock')), false);
    assert.equal(process.listenerCount('exit'), exitListeners);
  });

  it('says which path cannot be written', async () => {
    const file = join(place.keyDir, 'a-file');
    writeFileSync(file, '');
    const dir = join(file, 'gateway');
    await assert.rejects(place.open({ dir }), (error: StoreError) => {
      assert.equal(error.code, 'store_not_writable');
      assert.equal(error.hint.values?.path, dir);
      return error instanceof StoreError && !Object.keys(error).includes('cause');
    });
  });
});
