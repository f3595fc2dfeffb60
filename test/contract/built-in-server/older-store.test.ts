/** A store that an earlier version wrote. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openIndexedTable } from '../../../lib/built-in-server/model/indexed-table.ts';
import { openTables } from '../../../lib/built-in-server/model/tables.ts';
import { type ClientRecord, umaGrantType } from '../../../lib/built-in-server/provider/client-records.ts';
import { openStore } from '../../../lib/store/open-store.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { clientOf } from '../support/test-client.ts';
import { newKey, type TestKey } from '../support/test-key.ts';

const clientId = 'dev_of-an-earlier-version';

/** As a gateway registered its devices before they could be claimed. */
async function writeDevice({ dir }: ServerPlace, { publicJwk, thumbprint }: TestKey): Promise<void> {
  const store = await openStore({ dir: join(dir, 'server'), keyDir: dir, env: {} });
  const kind = { name: 'clients', version: 1, read: (stored: unknown) => stored as ClientRecord };
  const clients = openIndexedTable(store, kind, { thumbprint: (client) => client.thumbprint });
  const jwk = publicJwk as ClientRecord['jwk'];
  const name = 'Thermostat';
  const names = { name, callsItself: name, nameTaken: false };
  await store.transaction(() => {
    clients.put(clientId, { clientId, kind: 'device', name, jwk, thumbprint, grantTypes: [umaGrantType], issuedAt: 1 });
    openTables(store).devices.put(clientId, {
      ...{ clientId, ...names, owner: 'alice', state: 'active', assurance: 'gateway', gateway: 'gw_gone' },
      ...{ thumbprints: [thumbprint], createdAt: 1 },
    });
  });
  await store.close();
}

describe('a store of an earlier version', () => {
  let place: ServerPlace;
  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  it('a device that a gateway registered before there was a claim may ask who its owner is (RFC 8628 3.1)', async () => {
    const key = await newKey();
    await writeDevice(place, key);
    const { issuer } = await place.start();
    const device = clientOf(issuer, clientId, key);
    const started = await device.authenticated('/device/auth', { scope: 'device:claim' });
    assert.deepEqual([started.status, typeof started.body.user_code], [200, 'string'], JSON.stringify(started.body));
  });
});
