import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../../lib/store/errors.ts';
import { freshPlace, type StorePlace } from '../unit/store/fresh-store.ts';

const secrets = { name: 'secrets', version: 1, sealed: true, read: String };
const rawKey = Buffer.alloc(32, 7).toString('base64url');

describe('store that must not be opened', function () {
  this.timeout(20_000);
  let place: StorePlace;
  let data: string;
  let key: string;
  beforeEach(async () => {
    place = freshPlace();
    data = join(place.dir, 'data.mdb');
    key = join(place.keyDir, 'key');
  });
  afterEach(() => place.remove());

  async function filled(env: Record<string, string> = {}) {
    const store = await place.open({ env });
    const table = store.table(secrets);
    await store.transaction(() => {
      for (let n = 0; n < 300; n++) table.put(`k${n}`, 'x'.repeat(n * 10));
    });
    await store.close();
  }

  async function refused(code: string, hintKey = `hint.${code}`, env: Record<string, string> = {}) {
    const before = existsSync(data) ? readFileSync(data) : undefined;
    await assert.rejects(place.open({ env }), (error: StoreError) => {
      assert.ok(error instanceof StoreError, String(error));
      assert.deepEqual([error.code, error.hint.key], [code, hintKey]);
      return true;
    });
    assert.deepEqual(existsSync(data) ? readFileSync(data) : undefined, before, 'left as it was');
    assert.equal(existsSync(join(place.dir, 'lock')), false);
  }

  it('because its key file is gone: no new key is made, and the old one opens it again', async () => {
    await filled();
    renameSync(key, `${key}.away`);
    await refused('store_key_wrong', 'hint.store_key_missing');
    assert.equal(existsSync(key), false);
    renameSync(`${key}.away`, key);
    assert.equal((await place.open()).table(secrets).get('k1'), 'x'.repeat(10));
  });

  it('because the key of the store beside it is gone: no new key is made for a new store', async () => {
    await filled();
    renameSync(key, `${key}.away`);
    const beside = join(place.keyDir, 'beside');
    await assert.rejects(place.open({ dir: beside }), { code: 'store_key_wrong' });
    assert.equal(existsSync(key), false);
    renameSync(`${key}.away`, key);
    for (const dir of [beside, place.dir]) await (await place.open({ dir })).close();
  });

  it('but does open with UMA_STORE_KEY set to what stood in the key file, and the other way round', async () => {
    await filled();
    const text = readFileSync(key, 'utf8').trim();
    rmSync(key);
    const elsewhere = await place.open({ env: { UMA_STORE_KEY: text } });
    assert.equal(elsewhere.table(secrets).get('k1'), 'x'.repeat(10));
    await elsewhere.close();
    writeFileSync(key, `${text}\n`, { mode: 0o600 });
    assert.equal((await place.open()).table(secrets).get('k2'), 'x'.repeat(20));
  });

  it('because its key is another one, or no key', async () => {
    await filled();
    writeFileSync(key, `${rawKey}\n`);
    await refused('store_key_wrong');
    writeFileSync(key, 'half a k');
    await refused('store_key_wrong', 'hint.store_key_damaged');
  });

  for (const given of [rawKey, 'a passphrase of some length']) {
    it(`because UMA_STORE_KEY is another one (${given.length} characters)`, async () => {
      await filled({ UMA_STORE_KEY: given });
      assert.equal(existsSync(key), false, 'the key is kept elsewhere');
      await refused('store_key_wrong', 'hint.store_key_wrong_env', { UMA_STORE_KEY: `${given.slice(0, -2)}zz` });
      await refused('store_key_wrong', 'hint.store_key_missing');
      const store = await place.open({ env: { UMA_STORE_KEY: given } });
      assert.equal(store.table(secrets).get('k2'), 'x'.repeat(20));
    });
  }

  it('because UMA_STORE_KEY is too short to be safe', async () => {
    await filled();
    await refused('store_key_weak', 'hint.store_key_weak', { UMA_STORE_KEY: 'short' });
  });

  for (const size of [0, 10, 100, 4096, 8192, 20_000, 500_000]) {
    it(`because its file was cut to ${size} bytes`, async () => {
      await filled();
      truncateSync(data, size);
      await refused('store_corrupt');
    });
  }

  it('because its file is gone, while the store was once complete', async () => {
    await filled();
    rmSync(data);
    await refused('store_corrupt');
  });

  it('because its file is something else', async () => {
    await filled();
    writeFileSync(data, Buffer.alloc(50_000, 0x55));
    await refused('store_corrupt');
  });

  it('because a newer version wrote it, or nobody knows which', async () => {
    await filled();
    writeFileSync(join(place.dir, 'format'), '2\n');
    await refused('store_newer');
    writeFileSync(join(place.dir, 'format'), 'two');
    await refused('store_corrupt');
  });

  it('but does open with unwritten pages at the end that nothing refers to', async () => {
    await filled();
    // The claim that more pages exist than the file holds, as lmdb leaves it after freeing what it just took.
    const raw = readFileSync(data);
    for (const meta of [0, 4096]) raw.writeBigUInt64LE(raw.readBigUInt64LE(meta + 144) + 3n, meta + 144);
    writeFileSync(data, raw);
    assert.equal((await place.open()).table(secrets).get('k1'), 'x'.repeat(10));
  });

  for (const size of [1, 100, 4096, 8191]) {
    it(`but does open where its very first write broke off after ${size} bytes, as on a full disk`, async () => {
      mkdirSync(place.dir, { recursive: true });
      writeFileSync(data, Buffer.alloc(size, 0x55));
      await filled();
      assert.equal((await place.open()).table(secrets).get('k1'), 'x'.repeat(10));
    });
  }

  it('but does open where a full disk kept its format from being named, and names it then', async () => {
    await filled();
    const format = join(place.dir, 'format');
    writeFileSync(format, '');
    assert.equal((await place.open()).table(secrets).get('k1'), 'x'.repeat(10));
    assert.equal(readFileSync(format, 'utf8'), '1\n');
    await place.closeAll();
    writeFileSync(format, '');
    rmSync(data);
    await refused('store_corrupt');
  });
});
