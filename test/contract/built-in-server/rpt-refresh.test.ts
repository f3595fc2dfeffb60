import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { type Home, openHome } from '../support/home.ts';
import { registerClient, request, type TestClient, umaGrant } from '../support/test-client.ts';
import { newKey, seconds } from '../support/test-key.ts';

describe('refreshing an RPT', () => {
  let home: Home;
  let device: TestClient;
  let share: string;

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());
  beforeEach(async () => {
    device = await registerClient(home.issuer, { grant_types: [umaGrant, 'refresh_token'] });
    share = await home.share(device);
  });

  const granted = async () => (await device.rpt(await home.ticket())).body;
  const refresh = (token: string, by = device) => by.token({ grant_type: 'refresh_token', refresh_token: token });
  const isActive = async (token: string) =>
    (await home.gateway.authenticated('/token/introspection', { token })).body.active;

  it('G 3.6: a client that registered for it gets a refresh token, and with it the same permissions once more', async () => {
    const first = await granted();
    assert.match(first.refresh_token, /^rr_/);
    const reply = await refresh(first.refresh_token);
    assert.deepEqual([reply.status, reply.body.token_type], [200, 'DPoP'], JSON.stringify(reply.body));
    assert.notEqual(reply.body.access_token, first.access_token);
    interface Claims {
      permissions: { share: string; resource_scopes: string[] }[];
      cnf: object;
      aud: string;
    }
    const before = decodeJwt<Claims>(first.access_token);
    const after = decodeJwt<Claims>(reply.body.access_token);
    assert.deepEqual([after.aud, after.cnf], [before.aud, before.cnf]);
    assert.deepEqual(
      after.permissions.map(({ share, resource_scopes }) => [share, resource_scopes]),
      [[share, ['start']]],
    );
    assert.equal(await isActive(reply.body.access_token), true);
    assert.equal((await refresh(first.refresh_token)).status, 200, 'bound to a key, it need not rotate');
  });

  it('RFC 7591: a client that did not register for it gets none', async () => {
    const plain = await home.stranger();
    await home.share(plain);
    assert.equal((await plain.rpt(await home.ticket())).body.refresh_token, undefined);
    const { grant_types_supported: grants } = (await request(`${home.issuer}/.well-known/uma2-configuration`)).body;
    assert.ok(grants.includes('refresh_token') && !grants.some((one: string) => one.startsWith('urn:uma-home')));
  });

  const endings: [string, () => Promise<unknown>][] = [
    ['the share is withdrawn', () => home.owner.call('DELETE', `/api/shares/${share}`)],
    ['the share is changed', () => home.owner.call('PATCH', `/api/shares/${share}`, { scopes: ['stop'] })],
    ['the device is suspended', () => home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {})],
    ['the device is retired', () => home.owner.call('POST', `/api/devices/${device.clientId}/retire`, {})],
    [
      'a gateway ends all that the device may do',
      () =>
        home.gateway.call('POST', '/ends', home.pat, {
          id: `o-${device.clientId}`,
          target: { device: device.clientId },
        }),
    ],
  ];
  for (const [what, end] of endings)
    it(`G 3.6: nothing is assessed anew, so it ends when ${what}`, async () => {
      const { refresh_token: token } = await granted();
      await end();
      const reply = await refresh(token);
      assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_grant']);
      await home.owner.call('POST', `/api/devices/${device.clientId}/resume`, {});
      assert.equal((await refresh(token)).body.error, 'invalid_grant', 'for ever');
    });

  it('G 3.6: it ends in a panic, and is not back after it', async () => {
    const { refresh_token: token } = await granted();
    await home.owner.call('POST', '/api/panic', {});
    assert.equal((await refresh(token)).body.error, 'invalid_grant');
    await home.owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    assert.equal((await refresh(token)).body.error, 'invalid_grant');
    assert.equal((await device.rpt(await home.ticket())).status, 200);
  });

  it('never outlives the share', async () => {
    await home.owner.call('DELETE', `/api/shares/${share}`);
    const until = seconds() + 20;
    await home.share(device, { conditions: { until } });
    const { body } = await refresh((await granted()).refresh_token);
    assert.equal(decodeJwt(body.access_token).exp, until);
  });

  it('RFC 9449 5, RFC 6749 6: is of no use to another client, nor made up', async () => {
    const { refresh_token: token } = await granted();
    const other = await registerClient(home.issuer, { grant_types: [umaGrant, 'refresh_token'] }, await newKey());
    assert.equal((await refresh(token, other)).body.error, 'invalid_grant');
    for (const odd of ['rr_', 'rr_nonsense']) assert.equal((await refresh(odd)).body.error, 'invalid_grant', odd);
    assert.equal((await refresh('nonsense')).status, 400);
    assert.equal((await refresh(token)).status, 200);
  });

  it('RFC 7009: ends by its client’s word, and by nobody else’s', async () => {
    const { refresh_token: token } = await granted();
    await home.gateway.authenticated('/token/revocation', { token });
    assert.equal((await refresh(token)).status, 200);
    assert.equal((await device.authenticated('/token/revocation', { token })).status, 200);
    assert.equal((await refresh(token)).body.error, 'invalid_grant');
  });

  it('RFC 7662: is no token of a resource server', async () => {
    const { refresh_token: token } = await granted();
    assert.equal(await isActive(token), false);
  });
});

describe('a device that asks for tokens without end', () => {
  let home: Home;
  before(async () => {
    home = await openHome({ rateLimits: true });
  });
  after(() => home.close());

  it('has no more than fifty of a share: what is told of each must not delay its end', async () => {
    const device = await registerClient(home.issuer, { grant_types: [umaGrant, 'refresh_token'] });
    const share = await home.share(device);
    const first = (await device.rpt(await home.ticket())).body;
    const refresh = () => device.token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
    const isActive = async (token: string) =>
      (await home.gateway.authenticated('/token/introspection', { token })).body.active;
    const replies = [];
    for (let n = 1; n < 50; n += 1) replies.push(await refresh());
    assert.ok(replies.every(({ status }) => status === 200));
    const renewed = await refresh();
    assert.deepEqual([renewed.status, renewed.body.error], [400, 'invalid_grant']);
    const asked = await device.rpt(await home.ticket());
    assert.deepEqual([asked.status, asked.body.error], [403, 'request_denied']);
    assert.equal(await isActive(replies[0]?.body.access_token), true);
    const another = await home.stranger();
    await home.share(another);
    assert.equal((await another.rpt(await home.ticket())).status, 200, 'others are not concerned');
    await home.owner.call('DELETE', `/api/shares/${share}`);
    for (const { body } of replies) assert.equal(await isActive(body.access_token), false);
  });
});
