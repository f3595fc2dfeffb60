/** What stops things: suspend, retire, stopping a gateway, panic; and what starts them again. */
import assert from 'node:assert/strict';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import {
  aDevice,
  aGateway,
  aResource,
  aWaitingGateway,
  newKeys,
  type OutsideClient,
  outsideClient,
  register,
} from './outside-client.ts';

describe('owner API: stopping and going on', () => {
  let server: AServer;
  let owner: SignedIn;
  let gateway: OutsideClient & { pat: string };
  let resource: string;
  beforeEach(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    gateway = await aGateway(server.issuer, owner);
    resource = await aResource(gateway);
  });
  afterEach(() => server.end());

  const share = (device: string) =>
    owner.api('POST', '/api/shares', { resource, party: { kind: 'device', id: device }, scopes: ['start'] });

  it('a device is suspended, resumed and retired', async () => {
    const device = await aDevice(server.issuer);
    const { id } = (await share(device)).body;
    const change = async (what: string) => (await owner.api('POST', `/api/devices/${device}/${what}`)).body;
    assert.equal((await change('suspend')).state, 'quarantined');
    assert.deepEqual((await change('suspend')).unconfirmed, [], 'twice changes nothing');
    assert.equal((await change('resume')).state, 'active');
    assert.equal((await owner.api('GET', '/api/shares')).body.items[0].id, id, 'its shares stayed');
    assert.equal((await change('retire')).state, 'retired');
    assert.deepEqual((await owner.api('GET', '/api/shares')).body.items, []);
    assert.equal((await change('resume')).error, 'device_retired');
    assert.equal((await share(device)).body.error, 'device_retired');
    assert.equal((await owner.api('POST', '/api/devices/nobody/suspend')).status, 404);
  });

  it('a stopped gateway: its client, its tokens and every key it holds', async () => {
    const keys = await newKeys();
    const held = await gateway.api(gateway.pat, 'POST', '/reg', { jwks: { keys: [keys.jwk] }, client_name: 'Held' });
    assert.equal(held.status, 201, held.text);
    const device = outsideClient(server.issuer, held.body.client_id, keys);
    await share(device.clientId);

    const stopped = await owner.api('DELETE', `/api/gateways/${gateway.clientId}`);
    assert.equal(stopped.status, 200);
    assert.deepEqual([stopped.body.id, stopped.body.revoked.length], [gateway.clientId, 1]);

    assert.equal((await gateway.api(gateway.pat, 'GET', '/resources')).status, 401, 'its token');
    const anew = await gateway.token({ grant_type: 'client_credentials', scope: 'uma_protection' });
    assert.equal(anew.body.error, 'invalid_client', 'its client');
    const asking = await device.token({ grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', ticket: 'x' });
    assert.equal(asking.body.error, 'invalid_client', 'the device whose key it held');
    assert.equal((await register(server.issuer, keys, { client_name: 'Held' })).status, 400, 'and the key for ever');
    for (const list of ['gateways', 'shares', 'resources'])
      assert.deepEqual((await owner.api('GET', `/api/${list}`)).body.items, [], list);
    assert.equal((await owner.api('DELETE', `/api/gateways/${gateway.clientId}`)).status, 404);
  });

  it('a stopped gateway that was given little does not come in again either', async () => {
    const waiting = await aWaitingGateway(server.issuer, 'shares:read');
    await owner.api('POST', `/api/codes/${waiting.userCode}/approve`, {});
    const { items } = (await owner.api('GET', '/api/gateways')).body;
    assert.ok(items.some(({ id }: { id: string }) => id === waiting.clientId));
    assert.equal((await owner.api('DELETE', `/api/gateways/${waiting.clientId}`)).status, 200);
    const again = await register(server.issuer, waiting.keys, { client_name: 'Node-RED' });
    assert.deepEqual([again.status, again.body.error], [400, 'invalid_client_metadata']);
  });

  it('panic stops everything until the owner ends it with the password', async () => {
    const other = await signIn(server.issuer);
    const device = await aDevice(server.issuer);
    await share(device);
    const withdrawn = (await share(await aDevice(server.issuer, 'Second'))).body.id;
    await owner.api('DELETE', `/api/shares/${withdrawn}`);

    const started = await owner.api('POST', '/api/panic');
    assert.deepEqual([started.status, started.body.active], [200, true]);
    assert.equal((await other.api('GET', '/api/home')).status, 401, 'other sessions ended');
    assert.equal((await owner.api('GET', '/api/home')).body.panic.active, true);

    const third = await aDevice(server.issuer, 'Third');
    const refused = [
      await share(third),
      await owner.api('POST', `/api/devices/${third}/claim`),
      await owner.api('POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 60 }),
    ];
    for (const answer of refused) assert.deepEqual([answer.status, answer.body.error], [409, 'panic_active']);

    assert.equal((await owner.api('DELETE', '/api/panic')).status, 400, 'the password is needed');
    assert.equal(
      (await owner.api('DELETE', '/api/panic', { password: 'wrong password' })).body.error,
      'sign_in_failed',
    );
    assert.equal((await owner.api('GET', '/api/home')).body.panic.active, true);
    const ended = await owner.api('DELETE', '/api/panic', { password: PASSWORD });
    assert.deepEqual([ended.status, ended.body.active], [200, false]);
    const shares = (await owner.api('GET', '/api/shares')).body.items;
    assert.equal(shares.length, 1);
    assert.notEqual(shares[0].id, withdrawn, 'what was withdrawn stays withdrawn');
    assert.equal((await share(third)).status, 201);
  });

  it('panic ends the authority of gateways, which may start it too', async () => {
    const waiting = await aWaitingGateway(server.issuer, 'uma_protection shares:read shares:reduce shares:grant');
    await owner.api('POST', `/api/codes/${waiting.userCode}/approve`, {});
    const token = (await waiting.poll()).body.access_token;
    assert.equal((await waiting.api(token, 'POST', '/api/panic')).status, 200);
    assert.equal((await waiting.api(token, 'GET', '/api/home')).status, 401);
    assert.equal((await owner.api('GET', '/api/home')).status, 401, 'no session was the caller’s');
    const back = await signIn(server.issuer);
    assert.equal((await back.api('DELETE', '/api/panic', { password: PASSWORD })).status, 200);
    assert.equal((await waiting.api(token, 'GET', '/api/home')).status, 401, 'it must be connected again');
  });

  it('panic lets nobody in by a registration token that was given out before', async () => {
    const wish = { uses: 1, expiresIn: 60 };
    const tokenFor = async (kind: string) =>
      (await owner.api('POST', '/api/registration-tokens', { for: kind, ...wish })).body.token;
    const [gateway, device] = [await tokenFor('gateway'), await tokenFor('device')];
    const enter = async (token: string, metadata: object) =>
      (await register(server.issuer, await newKeys(), metadata, { authorization: `Bearer ${token}` })).body.error;
    await owner.api('POST', '/api/panic');
    assert.equal(await enter(gateway, { grant_types: ['client_credentials'] }), 'panic_active');
    assert.equal(await enter(device, {}), 'panic_active');
    await owner.api('DELETE', '/api/panic', { password: PASSWORD });
    assert.equal(await enter(device, {}), undefined, 'and no use of it was taken');
  });

  it('what is another owner’s is not there', async () => {
    const device = await aDevice(server.issuer);
    const { id } = (await share(device)).body;
    const stranger = await aServer();
    const session = await signIn(stranger.issuer);
    assert.equal((await call(server.issuer, 'GET', '/api/home', { headers: session.headers })).status, 401);
    assert.equal((await session.api('DELETE', `/api/shares/${id}`)).status, 404);
    await stranger.end();
  });
});
