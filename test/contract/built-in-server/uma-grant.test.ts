import assert from 'node:assert/strict';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type Home, openHome } from '../support/home.ts';
import { clientOf, type Reply, registerClient, request, umaGrant } from '../support/test-client.ts';
import { newKey, proof, seconds } from '../support/test-key.ts';

describe('the uma-ticket grant', () => {
  let home: Home;

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  it('G 3.3.5: gives a device that the owner shared with a key-bound RPT for this resource server', async () => {
    const device = await home.stranger();
    const share = await home.share(device);
    const reply = await device.rpt(await home.ticket());
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal(reply.body.token_type, 'DPoP');
    assert.equal(reply.body.refresh_token, undefined);
    assert.equal(reply.body.scope, undefined);
    assert.equal(reply.headers.get('cache-control'), 'no-store');
    const jwks = createLocalJWKSet((await request(`${home.issuer}/jwks`)).body);
    const { payload } = await jwtVerify(reply.body.access_token, jwks, {
      issuer: home.issuer,
      audience: home.gateway.clientId,
      algorithms: ['ES256'],
      typ: 'at+jwt',
    });
    assert.equal(decodeProtectedHeader(reply.body.access_token).alg, 'ES256');
    assert.deepEqual([payload.sub, payload.client_id, payload.azp], Array(3).fill(device.clientId));
    assert.deepEqual(payload.cnf, { jkt: device.key.thumbprint });
    const permission = { resource_id: home.resource, resource_scopes: ['start'], exp: payload.exp, share };
    assert.deepEqual(payload.permissions, [permission]);
    assert.equal(reply.body.expires_in, 300);
  });

  it('RFC 9068 2.1, 2.2: an RPT names its key, its kind and itself, and says what has to be said', async () => {
    const device = await home.stranger();
    await home.share(device);
    const { keys } = (await request(`${home.issuer}/jwks`)).body;
    const seen = new Set<unknown>();
    for (let n = 0; n < 2; n++) {
      const { access_token: rpt } = (await device.rpt(await home.ticket())).body;
      const { alg, typ, kid } = decodeProtectedHeader(rpt);
      assert.deepEqual([alg, typ], ['ES256', 'at+jwt']);
      assert.ok(keys.some((key: { kid: string }) => key.kid === kid));
      const { iss, aud, sub, client_id, iat = 0, exp = 0, jti } = decodeJwt(rpt);
      assert.deepEqual([iss, aud, sub, client_id].map(Boolean), Array(4).fill(true));
      assert.ok(Math.abs(iat - seconds()) < 60 && exp > iat);
      assert.ok(jti && !seen.has(jti));
      seen.add(jti);
    }
  });

  it('RFC 6749 3.2: passes over parameters it does not know, and takes empty ones for none', async () => {
    const device = await home.stranger();
    await home.share(device);
    const empty = { rpt: '', pct: '', scope: '', claim_token: '', claim_token_format: '', nonsense: 'x' };
    assert.equal((await device.rpt(await home.ticket(), empty)).status, 200);
    assert.equal((await device.rpt('')).body.error, 'invalid_request');
  });

  it('gives an Ed25519 device the same', async () => {
    for (const alg of ['EdDSA', 'Ed25519'] as const) {
      const device = await registerClient(home.issuer, {}, await newKey(alg));
      await home.share(device);
      assert.equal((await device.rpt(await home.ticket())).status, 200, alg);
    }
  });

  it('G 3.3.6: an unregistered caller gets 401 invalid_client, and the ticket is not used up', async () => {
    const device = await home.stranger();
    await home.share(device);
    const ticket = await home.ticket();
    const nobody = await request(`${home.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: umaGrant, ticket }),
    });
    assert.equal(nobody.status, 401);
    assert.equal(nobody.body.error, 'invalid_client');
    const unknown = await clientOf(home.issuer, 'dev_nobody', device.key).rpt(ticket);
    assert.equal(unknown.status, 401, JSON.stringify(unknown.body));
    assert.equal(unknown.body.error, 'invalid_client');
    assert.equal((await device.rpt(ticket)).status, 200);
  });

  it('G 3.3.6: an unclaimed device gets need_info with a rotated ticket that only it can use', async () => {
    const device = await home.stranger();
    const other = await home.stranger();
    await home.share(other);
    const ticket = await home.ticket();
    const reply = await device.rpt(ticket);
    assert.equal(reply.status, 403);
    assert.equal(reply.body.error, 'need_info');
    assert.notEqual(reply.body.ticket, ticket);
    assert.ok(reply.body.required_claims.length > 0);
    assert.equal(reply.body.redirect_user, `${home.issuer}/device`);
    assert.equal((await request(reply.body.redirect_user)).status, 200, 'the page answers a plain visit');
    assert.equal((await other.rpt(reply.body.ticket)).body.error, 'invalid_grant', 'bound to the first client');
    await home.share(device);
    assert.equal((await device.rpt(reply.body.ticket)).status, 200, 'and still there for it');
  });

  it('G 3.3.6: a claimed device without a share gets request_submitted, and after the share an RPT', async () => {
    const device = await home.stranger('kettle');
    await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
    const waiting = await device.rpt(await home.ticket());
    assert.equal(waiting.status, 403);
    assert.equal(waiting.body.error, 'request_submitted');
    assert.equal(waiting.body.interval, 5);
    const again = await device.rpt(waiting.body.ticket);
    assert.equal(again.body.error, 'request_submitted');
    assert.notEqual(again.body.ticket, waiting.body.ticket);
    const requests = (await home.owner.call('GET', '/api/requests')).body.items;
    const own = requests.filter((one: { device: string }) => one.device === device.clientId);
    assert.equal(own.length, 1, 'repeats join the one request');
    await home.owner.call('POST', `/api/requests/${own[0].id}/approve`, {});
    assert.equal((await device.rpt(again.body.ticket)).status, 200);
  });

  it('G 3.3.6: after the owner said no, request_denied', async () => {
    const device = await home.stranger('mixer');
    await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
    await device.rpt(await home.ticket());
    const requests = (await home.owner.call('GET', '/api/requests')).body.items;
    const { id } = requests.find((one: { device: string }) => one.device === device.clientId);
    await home.owner.call('POST', `/api/requests/${id}/deny`, {});
    const reply = await device.rpt(await home.ticket());
    assert.deepEqual([reply.status, reply.body.error, reply.body.ticket], [403, 'request_denied', undefined]);
  });

  it('G 3.3.4: grants what is shared of what was asked, and asks the owner for the rest', async () => {
    const device = await home.stranger('grill');
    await home.share(device);
    const reply = await device.rpt(await home.ticket(['start', 'stop']));
    assert.deepEqual(scopesOf(reply), ['start']);
    const requests = (await home.owner.call('GET', '/api/requests')).body.items;
    const { scopes } = requests.find((one: { device: string }) => one.device === device.clientId);
    assert.deepEqual(scopes, ['stop']);
  });

  it('G 3.3.4, 3.3.6: counts a requested scope only where the client is registered for it; one of no resource is invalid_scope', async () => {
    const plain = await home.stranger();
    const broad = await registerClient(home.issuer, { scope: 'stop' });
    for (const device of [plain, broad]) await home.share(device, { scopes: ['start', 'stop'] });
    assert.deepEqual(scopesOf(await plain.rpt(await home.ticket(), { scope: 'stop' })), ['start']);
    assert.deepEqual(scopesOf(await broad.rpt(await home.ticket(), { scope: 'stop' })), ['start', 'stop']);
    const reply = await broad.rpt(await home.ticket(), { scope: 'fly' });
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_scope']);
  });

  it('F 4, G 5.6: a ticket without scopes gives only what the client asks for and is shared, else nothing', async () => {
    const device = await registerClient(home.issuer, { scope: 'start stop' });
    await home.share(device);
    for (const more of [{}, { scope: 'stop' }] as Record<string, string>[]) {
      const reply = await device.rpt(await home.ticket([]), more);
      assert.equal(reply.status, 403, JSON.stringify(reply.body));
    }
    assert.deepEqual(scopesOf(await device.rpt(await home.ticket([]), { scope: 'start' })), ['start']);
  });

  it('G 5.5: a ticket works once', async () => {
    const device = await home.stranger();
    await home.share(device);
    const ticket = await home.ticket();
    assert.equal((await device.rpt(ticket)).status, 200);
    const reply = await device.rpt(ticket);
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_grant']);
    assert.equal((await device.rpt('no-such-ticket')).body.error, 'invalid_grant');
  });

  it('G 3.3.6: a ticket is invalid_grant after ten minutes', async () => {
    const clock = { ms: 0 };
    const later = await openHome({ nowMs: () => Date.now() + clock.ms });
    const device = await later.stranger();
    await later.share(device);
    const ticket = await later.ticket();
    clock.ms = 10 * 60_000 + 1_000;
    // By the server's clock: the device's assertion is good, the ticket is not.
    const claims = { exp: seconds() + 700 };
    const reply = await device.token({ grant_type: umaGrant, ticket }, { claims });
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_grant']);
    await later.close();
  });

  it('G 5.5: of a ticket sent twenty times at once, each with a good proof, exactly one gets an RPT', async () => {
    const device = await home.stranger();
    await home.share(device);
    const ticket = await home.ticket();
    const replies = await Promise.all(Array.from({ length: 20 }, () => device.rpt(ticket)));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.ok(replies.every(({ status, body }) => status === 200 || body.error === 'invalid_grant'));
  });

  it('RFC 9449 11.1: of a proof sent twenty times at once, each with another ticket, exactly one passes', async () => {
    const device = await home.stranger();
    await home.share(device);
    await device.rpt(await home.ticket());
    const nonce = (await device.rpt(await home.ticket())).headers.get('dpop-nonce') ?? undefined;
    const one = await proof(device.key, { method: 'POST', url: `${home.issuer}/token`, nonce });
    const tickets = await Promise.all(Array.from({ length: 20 }, () => home.ticket()));
    const replies = await Promise.all(
      tickets.map((ticket) => device.token({ grant_type: umaGrant, ticket }, { proof: one })),
    );
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.ok(replies.every(({ status, body }) => status === 200 || body.error === 'invalid_dpop_proof'));
  });

  it('never lets permission or token outlive the share', async () => {
    const device = await home.stranger();
    const until = seconds() + 20;
    await home.share(device, { conditions: { until } });
    const { body } = await device.rpt(await home.ticket());
    const { exp, permissions } = decodeJwt<{ permissions: { exp: number }[] }>(body.access_token);
    assert.equal(exp, until);
    assert.equal(permissions[0]?.exp, until);
    assert.ok(body.expires_in <= 20);
  });

  it('G 3.3.5: upgrades an RPT, says so, and ends the one before', async () => {
    const device = await home.stranger();
    const oven = await home.addResource('oven', ['heat']);
    await home.share(device);
    await home.share(device, { resource: oven, scopes: ['heat'] });
    const first = (await device.rpt(await home.ticket())).body.access_token;
    const asked = await home.gateway.call('POST', '/permission', home.pat, {
      resource_id: oven,
      resource_scopes: ['heat'],
    });
    const reply = await device.rpt(asked.body.ticket, { rpt: first });
    assert.equal(reply.body.upgraded, true);
    const { permissions } = decodeJwt<{ permissions: { resource_id: string }[] }>(reply.body.access_token);
    assert.deepEqual(permissions.map((one) => one.resource_id).sort(), [home.resource, oven].sort());
    const look = await home.gateway.authenticated('/token/introspection', { token: first });
    assert.deepEqual(look.body, { active: false });
  });

  it('refuses a quarantined and a retired device, whatever it was given', async () => {
    for (const state of ['suspend', 'retire']) {
      const device = await home.stranger();
      await home.share(device);
      await home.owner.call('POST', `/api/devices/${device.clientId}/${state}`, {});
      const reply = await device.rpt(await home.ticket());
      assert.equal(reply.body.error, 'request_denied', state);
    }
  });

  it('G 3.3.1: wants a ticket, and claim token and its format together', async () => {
    const device = await home.stranger();
    assert.equal((await device.token({ grant_type: umaGrant })).body.error, 'invalid_request');
    const reply = await device.rpt(await home.ticket(), { claim_token: 'abc' });
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_request']);
  });

  it('gives nothing issued from a share that ended meanwhile', async () => {
    const device = await home.stranger();
    const share = await home.share(device);
    const tickets = await Promise.all(Array.from({ length: 10 }, () => home.ticket()));
    const asking = tickets.map((ticket) => device.rpt(ticket));
    // Some have their token, some are on their way to it.
    await Promise.race(asking);
    const ended = await home.owner.call('DELETE', `/api/shares/${share}`);
    assert.equal(ended.status, 200);
    const granted = (await Promise.all(asking)).filter(({ status }) => status === 200);
    assert.ok(granted.length > 0);
    for (const { body } of granted) {
      const look = await home.gateway.authenticated('/token/introspection', { token: body.access_token });
      assert.deepEqual(look.body, { active: false });
    }
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_submitted');
  });
});

function scopesOf({ body }: Reply): string[] {
  if (!body.access_token) throw new Error(JSON.stringify(body));
  const { permissions } = decodeJwt<{ permissions: { resource_scopes: string[] }[] }>(body.access_token);
  return permissions.flatMap((permission) => permission.resource_scopes);
}
