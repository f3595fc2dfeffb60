/** A Node-RED whose stores' key is kept elsewhere: in UMA_STORE_KEY, which the nodes hand over. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';

describe('a gateway whose key is kept elsewhere', () => {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-store-key-'));
  after(() => rmSync(userDir, { recursive: true, force: true }));
  afterEach(() => closeAll());

  const open = (storeKey?: string): Promise<Gateway> =>
    openGateway({
      ...{ userDir, connection: 'home', server: { kind: 'built-in', port: 0 }, owner: { name, password } },
      ...{ addresses: () => [], name: 'a gateway under test', log: () => {} },
      ...(storeKey === undefined ? {} : { storeKey }),
    }).gateway;

  it('seals both stores with it and writes no key; without it, or with another, both stay as they are', async () => {
    await open('a passphrase of some length');
    await closeAll();
    const key = join(userDir, 'uma', 'key');
    for (const store of ['gateway', 'server']) assert.ok(existsSync(join(userDir, 'uma', store, 'format')), store);
    assert.equal(existsSync(key), false);
    await assert.rejects(open(), { code: 'store_key_wrong' });
    await assert.rejects(open('another passphrase'), { code: 'store_key_wrong' });
    assert.equal(existsSync(key), false, 'a new key would be in the way of the right one');
    assert.ok(await open('a passphrase of some length'));
  });
});
