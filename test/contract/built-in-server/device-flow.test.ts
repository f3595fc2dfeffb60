import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type Home, type OwnerSession, openHome, signIn } from '../support/home.ts';
import { serverPlace } from '../support/running-server.ts';
import {
  deviceGrant,
  gatewayMetadata,
  type Reply,
  registerClient,
  request,
  type TestClient,
} from '../support/test-client.ts';

const everything = 'uma_protection shares:read shares:reduce shares:grant';

describe('a gateway’s way in', () => {
  let home: Home;
  let owner: OwnerSession;
  const poll = (gateway: TestClient, { body }: Reply) =>
    gateway.token({ grant_type: deviceGrant, device_code: body.device_code });
  const start = async (gateway: TestClient, scope = everything) => {
    const reply = await gateway.authenticated('/device/auth', { scope });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply;
  };
  const newGateway = (name = 'Node-RED') => registerClient(home.issuer, { ...gatewayMetadata, client_name: name });
  const approve = (reply: Reply, body: object = {}) =>
    owner.call('POST', `/api/codes/${reply.body.user_code}/approve`, body);

  before(async () => {
    home = await openHome();
    owner = home.owner;
  });
  after(() => home.close());

  it('RFC 8628 3.2: gives a code of eight consonants and an address below the issuer', async () => {
    const { body, headers } = await start(await newGateway());
    assert.match(body.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assert.equal(body.verification_uri, `${home.issuer}/device`);
    assert.ok(body.verification_uri_complete.startsWith(`${home.issuer}/device?`));
    assert.equal(body.interval, 2);
    assert.ok(body.expires_in > 0);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('RFC 8628 3.5: waits for the owner; approved, the very next poll succeeds, and of ten at once exactly one gets the token', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    assert.deepEqual((await poll(gateway, started)).body.error, 'authorization_pending');
    const waiting = await owner.call('GET', `/api/codes/${started.body.user_code}`);
    assert.deepEqual(waiting.body, {
      kind: 'gateway',
      clientId: gateway.clientId,
      name: 'Node-RED',
      fingerprint: gateway.key.thumbprint,
      scopes: everything.split(' '),
      askedAt: waiting.body.askedAt,
      from: waiting.body.from,
    });
    assert.equal((await approve(started)).status, 200);
    const replies = await Promise.all(Array.from({ length: 10 }, () => poll(gateway, started)));
    const given = replies.filter(({ status }) => status === 200);
    assert.equal(given.length, 1, 'of ten polls at once');
    const { body } = given[0] ?? assert.fail();
    assert.deepEqual([body.token_type, body.scope], ['DPoP', 'shares:read shares:reduce shares:grant']);
    assert.ok(body.refresh_token);
    const shares = await gateway.call('GET', '/api/shares', body.access_token);
    assert.equal(shares.status, 200, JSON.stringify(shares.body));
    assert.equal((await gateway.call('GET', '/resources', body.access_token)).status, 403, 'it is no PAT');
    assert.equal((await gateway.call('GET', '/resources', await gateway.pat())).status, 200);
  });

  it('RFC 8628 5.4: the owner sees where the code was asked for: whom the proxy has seen, in the form that people know', async () => {
    const place = await serverPlace();
    const behind = await place.start({ proxies: ['127.0.0.1'] });
    try {
      const session = await signIn(behind.issuer);
      await session.call('POST', '/api/open-registration', {});
      const device = await registerClient(behind.issuer, { client_name: 'Thermostat' });
      for (const seen of ['192.0.2.7', '::ffff:192.0.2.7']) {
        const form = { scope: 'device:claim' };
        const { body } = await device.authenticated('/device/auth', form, { 'x-forwarded-for': seen });
        assert.equal((await session.call('GET', `/api/codes/${body.user_code}`)).body.from, '192.0.2.7');
      }
    } finally {
      await behind.close();
      await place.remove();
    }
  });

  it('RFC 8628 3.5: slow_down for whoever asks again at once, and the code stays good', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    assert.equal((await poll(gateway, started)).body.error, 'authorization_pending');
    const again = await poll(gateway, started);
    assert.deepEqual([again.status, again.body.error], [400, 'slow_down']);
    await approve(started);
    assert.equal((await poll(gateway, started)).status, 200);
  });

  it('RFC 8628 3.5: access_denied once the owner said no; the code is gone', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    assert.equal((await owner.call('POST', `/api/codes/${started.body.user_code}/deny`, {})).status, 204);
    assert.equal((await poll(gateway, started)).body.error, 'access_denied');
    assert.equal((await approve(started)).status, 404);
    assert.equal((await gateway.token({ grant_type: 'client_credentials', scope: 'uma_protection' })).status, 400);
  });

  it('RFC 8628 3.5: expired_token once the code has expired', async () => {
    // The provider has no clock but this one; the rest of the server must not see another.
    const { now } = Date;
    const later = await openHome({ nowMs: () => Date.now() });
    const gateway = await registerClient(later.issuer, gatewayMetadata);
    const started = await start(gateway);
    const ahead = mock.method(Date, 'now', () => now() + started.body.expires_in * 1000 + 10_000);
    try {
      const { status, body } = await poll(gateway, started);
      assert.deepEqual([status, body.error], [400, 'expired_token']);
    } finally {
      ahead.mock.restore();
      await later.close();
    }
  });

  it('RFC 8628 3.1, 3.4: codes are for clients that say who they are; a poll names its code', async () => {
    const nobody = await request(`${home.issuer}/device/auth`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: home.gateway.clientId, scope: everything }),
    });
    assert.deepEqual([nobody.status, nobody.body.error], [401, 'invalid_client']);
    const poll = await home.gateway.token({ grant_type: deviceGrant });
    assert.deepEqual([poll.status, poll.body.error], [400, 'invalid_request']);
  });

  it('gives no more than was approved, and nothing to another client', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    const scopes = ['uma_protection', 'shares:read'];
    assert.equal((await approve(started, { scopes: [...scopes, 'device:claim'] })).status, 400, 'more than asked');
    assert.equal((await approve(started, { scopes })).status, 200);
    assert.equal((await poll(home.gateway, started)).body.error, 'invalid_grant');
    const { body } = await poll(gateway, started);
    assert.equal(body.scope, 'shares:read');
    const refused = await gateway.call('POST', '/api/shares', body.access_token, {});
    assert.deepEqual([refused.status, refused.body.error], [403, 'insufficient_scope']);
  });

  it('the refresh token is bound to the key and lives until it is withdrawn', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    await approve(started);
    const { refresh_token } = (await poll(gateway, started)).body;
    const refresh = (by: TestClient) => by.token({ grant_type: 'refresh_token', refresh_token });
    const first = await refresh(gateway);
    assert.deepEqual([first.status, first.body.refresh_token], [200, refresh_token]);
    assert.equal((await refresh(gateway)).status, 200);
    assert.equal((await refresh(home.gateway)).body.error, 'invalid_grant');
    const other = await gateway.token({ grant_type: 'refresh_token', refresh_token }, { by: home.gateway.key });
    assert.equal(other.body.error, 'invalid_dpop_proof');
    assert.equal((await gateway.authenticated('/token/revocation', { token: refresh_token })).status, 200);
    assert.equal((await refresh(gateway)).body.error, 'invalid_grant');
    const dead = await gateway.call('GET', '/api/shares', first.body.access_token);
    assert.equal(dead.status, 401, 'and what came from it');
  });

  it('panic ends every token that carries an owner’s authority; the gateway connects again', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    await approve(started);
    const { access_token, refresh_token } = (await poll(gateway, started)).body;
    await owner.call('POST', '/api/panic', {});
    assert.equal((await gateway.call('GET', '/api/shares', access_token)).status, 401);
    const again = await gateway.token({ grant_type: 'refresh_token', refresh_token });
    assert.equal(again.body.error, 'invalid_grant');
    assert.equal((await (await home.stranger()).rpt(await home.ticket())).body.error, 'request_denied');
    await owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    const anew = await start(gateway, 'shares:read');
    await approve(anew);
    assert.equal((await poll(gateway, anew)).status, 200);
  });

  it('an unknown code is nobody’s', async () => {
    assert.equal((await owner.call('GET', '/api/codes/BBBB-BBBB')).status, 404);
    const guessed = await home.gateway.token({ grant_type: deviceGrant, device_code: 'guessed' });
    assert.equal(guessed.body.error, 'invalid_grant');
  });

  it('a stranger’s codes do not drive out those of others before there are hundreds', async () => {
    const gateway = await newGateway();
    const started = await start(gateway);
    const noisy = await newGateway('noisy');
    for (let n = 0; n < 10; n++) await start(noisy);
    assert.equal((await poll(gateway, started)).body.error, 'authorization_pending');
  });
});
