/** A device on its owner's list: named, and removed. */
import assert from 'node:assert/strict';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, aWaitingGateway, newKeys, outsideClient, register } from './outside-client.ts';

describe('owner API: a device’s name and place on the list', () => {
  let server: AServer;
  let owner: SignedIn;
  beforeEach(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  afterEach(() => server.end());

  const list = async (claimed = 'yes') => (await owner.api('GET', `/api/devices?claimed=${claimed}`)).body.items;
  const claim = (id: string) => owner.api('POST', `/api/devices/${id}/claim`, {});
  const share = (resource: string, id: string) =>
    owner.api('POST', '/api/shares', { resource, party: { kind: 'device', id }, scopes: ['start'] });

  it('is renamed by its owner, who is told of another of that name; history keeps both', async () => {
    const [lamp, other] = [await aDevice(server.issuer, 'Lamp'), await aDevice(server.issuer, 'Other')];
    await claim(lamp);
    await claim(other);
    const renamed = await owner.api('PATCH', `/api/devices/${other}`, { name: ' Hall lamp ' });
    assert.deepEqual([renamed.status, renamed.body.name, renamed.body.callsItself], [200, 'Hall lamp', 'Other']);
    assert.equal(renamed.body.nameTaken, false);
    assert.equal((await owner.api('PATCH', `/api/devices/${other}`, { name: 'LAMP' })).body.nameTaken, true);
    const [line] = (await owner.api('GET', '/api/history')).body.items;
    assert.deepEqual(
      [line.what, line.device, line.values],
      ['device_renamed', other, { from: 'Hall lamp', to: 'LAMP' }],
    );
  });

  it('refuses names that are none, other members, and devices of nobody or of others', async () => {
    const lamp = await aDevice(server.issuer, 'Lamp');
    assert.equal((await owner.api('PATCH', `/api/devices/${lamp}`, { name: 'Mine' })).status, 404, 'unclaimed');
    await claim(lamp);
    for (const body of [{}, { name: '' }, { name: '  ' }, { name: 'a\u2028b' }, { name: 'x'.repeat(65) }, { name: 1 }])
      assert.equal((await owner.api('PATCH', `/api/devices/${lamp}`, body)).status, 400, JSON.stringify(body));
    const more = await owner.api('PATCH', `/api/devices/${lamp}`, { name: 'Lamp', assurance: 'gateway' });
    assert.equal(more.status, 400);
    for (const id of ['nobody', '%00', 'x'.repeat(2000)])
      assert.equal((await owner.api('PATCH', `/api/devices/${id}`, { name: 'Lamp' })).status, 404);
    assert.equal((await list())[0].name, 'Lamp');
  });

  it('removing retires it in the same step: shares end, its key and client never come in again', async () => {
    const resource = await aResource(await aGateway(server.issuer, owner));
    const keys = await newKeys();
    const { client_id: id } = (await register(server.issuer, keys, { client_name: 'Lamp' })).body;
    const { id: shareId } = (await share(resource, id)).body;
    const removed = await owner.api('DELETE', `/api/devices/${id}`);
    assert.equal(removed.status, 200);
    assert.deepEqual([removed.body.id, removed.body.revoked.length, removed.body.revoked[0].share], [id, 1, shareId]);
    assert.equal(removed.body.unconfirmed.length, 1, 'the gateway listens to nothing here');
    assert.deepEqual([await list(), await list('no')], [[], []]);
    const device = outsideClient(server.issuer, id, keys);
    const asking = await device.token({ grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', ticket: 'x' });
    assert.equal(asking.body.error, 'invalid_client');
    assert.equal((await register(server.issuer, keys, {})).status, 400, 'its key is not forgotten');
    assert.equal((await share(resource, id)).body.error, 'device_retired');
    assert.equal((await owner.api('DELETE', `/api/devices/${id}`)).status, 404, 'it is gone');
    const another = await aDevice(server.issuer, 'Lamp');
    assert.equal((await list('no'))[0].id, another);
    assert.equal((await list('no'))[0].nameTaken, false, 'its name is free');
  });

  it('a retired one leaves the list; one that nobody claimed is forgotten and may register anew', async () => {
    const retired = await aDevice(server.issuer, 'Retired');
    await claim(retired);
    await owner.api('POST', `/api/devices/${retired}/retire`, {});
    assert.equal((await owner.api('DELETE', `/api/devices/${retired}`)).status, 200);
    assert.deepEqual(await list(), []);
    const keys = await newKeys();
    const { client_id: id } = (await register(server.issuer, keys, {})).body;
    assert.equal((await owner.api('DELETE', `/api/devices/${id}`)).status, 200);
    assert.deepEqual(await list('no'), []);
    const again = await register(server.issuer, keys, {});
    assert.equal(again.status, 201);
    assert.notEqual(again.body.client_id, id);
  });

  it('a gateway with all of the owner’s authority may name a device, but hide none', async () => {
    const waiting = await aWaitingGateway(server.issuer, 'uma_protection shares:read shares:reduce shares:grant');
    await owner.api('POST', `/api/codes/${waiting.userCode}/approve`, {});
    const token = (await waiting.poll()).body.access_token;
    const lamp = await aDevice(server.issuer, 'Lamp');
    await claim(lamp);
    assert.equal((await waiting.api(token, 'PATCH', `/api/devices/${lamp}`, { name: 'Hall' })).status, 200);
    assert.equal((await waiting.api(token, 'DELETE', `/api/devices/${lamp}`)).status, 403);
  });
});
