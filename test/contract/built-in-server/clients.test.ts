import assert from 'node:assert/strict';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { type Home, openHome } from '../support/home.ts';
import {
  clientOf,
  deviceGrant,
  gatewayMetadata,
  post,
  registerClient,
  request,
  umaGrant,
} from '../support/test-client.ts';
import { newKey, proof, seconds } from '../support/test-key.ts';

const patForm = { grant_type: 'client_credentials', scope: 'uma_protection' };

describe('client registration', () => {
  let home: Home;
  const register = (body: object, headers: Record<string, string> = {}) => post(`${home.issuer}/reg`, body, headers);

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  it('RFC 7591 3.2.1: registers a device openly, always bound to its key', async () => {
    const { publicJwk } = await newKey();
    const metadata = { client_name: 'lamp', jwks: { keys: [publicJwk] }, dpop_bound_access_tokens: false };
    const { status, body } = await register(metadata);
    assert.equal(status, 201);
    assert.equal(body.dpop_bound_access_tokens, true);
    assert.equal(body.token_endpoint_auth_method, 'private_key_jwt');
    assert.ok(body.grant_types.includes(umaGrant));
    assert.equal(body.client_secret, undefined);
    assert.deepEqual(body.jwks, { keys: [publicJwk] });
  });

  it('RFC 7591 3.2.2: refuses secrets, private or weak keys, key addresses, reserved scopes, odd names and grants', async () => {
    const key = await newKey();
    const jwks = { keys: [key.publicJwk] };
    const bad: Record<string, object> = {
      'no key': {},
      'two keys': { jwks: { keys: [key.publicJwk, (await newKey()).publicJwk] } },
      'a private key': { jwks: { keys: [{ ...key.publicJwk, d: 'x' }] } },
      'a symmetric key': { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
      'an RSA key': { jwks: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] } },
      'a key address': { jwks_uri: 'https://keys.example/jwks' },
      'a secret': { jwks, token_endpoint_auth_method: 'client_secret_basic' },
      'no authentication': { jwks, token_endpoint_auth_method: 'none' },
      'the protection scope': { jwks, scope: 'uma_protection' },
      'an owner scope': { jwks, scope: 'start shares:grant' },
      'the claim scope': { jwks, scope: 'device:claim' },
      'a scope that is none': { jwks, scope: 'a  b' },
      'a control character': { jwks, client_name: 'lamp\u0007' },
      'a line break in disguise': { jwks, client_name: 'lamp\u2028Alice' },
      'a long name': { jwks, client_name: 'x'.repeat(81) },
      'an unknown grant': { jwks, grant_types: ['authorization_code'] },
      'both sides of a door': { jwks, grant_types: [umaGrant, 'client_credentials'] },
      'no grant': { jwks, grant_types: [] },
      redirects: { jwks, redirect_uris: ['https://evil.example/'] },
    };
    for (const [what, metadata] of Object.entries(bad)) {
      const { status, body } = await register(metadata);
      assert.equal(status, 400, what);
      assert.match(body.error, /^invalid_(client_metadata|redirect_uri)$/, what);
    }
  });

  it('RFC 7591 2, 3.2.1: answers with all that it registered, and passes over what it does not know', async () => {
    const { publicJwk } = await newKey();
    const known = {
      client_name: 'lamp',
      grant_types: [umaGrant, 'refresh_token'],
      scope: 'start',
      claims_redirect_uris: ['https://lamp.example/back'],
      jwks: { keys: [publicJwk] },
    };
    const unknown = { 'client_name#de': 'Lampe', software_statement: 'a.b.c', tls_client_auth_san_ip: 7 };
    const { status, headers, body } = await register({ ...known, ...unknown });
    assert.equal(status, 201);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    for (const [name, value] of Object.entries(known)) assert.deepEqual(body[name], value, name);
    for (const name of Object.keys(unknown)) assert.equal(body[name], undefined, name);
    assert.match(body.client_id, /^dev_/);
    assert.ok(Math.abs(body.client_id_issued_at - seconds()) < 60);
  });

  it('gives a key to one client for ever', async () => {
    const key = await newKey();
    const first = await registerClient(home.issuer, {}, key);
    const stolen = await register({ jwks: { keys: [key.publicJwk] } });
    assert.deepEqual([stolen.status, stolen.body.error], [400, 'invalid_client_metadata']);
    const gatewayKey = await register({ jwks: { keys: [home.gateway.key.publicJwk] } });
    assert.equal(gatewayKey.status, 400);
    const device = clientOf(home.issuer, first.clientId, key);
    await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
    await home.owner.call('POST', `/api/devices/${device.clientId}/retire`, {});
    const again = await register({ jwks: { keys: [key.publicJwk] } }, await proved(home.issuer, key));
    assert.equal(again.status, 400, 'also once its device is retired');
  });

  it('flags a name that somebody has already, however it is spelt', async () => {
    const { body } = await register({ jwks: { keys: [(await newKey()).publicJwk] }, client_name: 'Heater' });
    await home.owner.call('POST', `/api/devices/${body.client_id}/claim`, { name: 'Heater' });

    const taken = async (client_name: string) => {
      const other = await register({ jwks: { keys: [(await newKey()).publicJwk] }, client_name: client_name.trim() });
      const { items } = (await home.owner.call('GET', '/api/devices?claimed=no')).body;
      return items.find(({ id }: { id: string }) => id === other.body.client_id)?.nameTaken;
    };
    assert.deepEqual([await taken('heater'), await taken(' HEATER '), await taken('Boiler')], [true, true, false]);
  });

  it('answers a client that proves its key as it did before, so that a lost answer does no harm', async () => {
    const key = await newKey();
    const metadata = { jwks: { keys: [key.publicJwk] } };
    const first = await register(metadata, await proved(home.issuer, key));
    const again = await register(metadata, await proved(home.issuer, key));
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.equal(again.body.client_id, first.body.client_id);
    const other = await register({ jwks: { keys: [(await newKey()).publicJwk] } }, await proved(home.issuer, key));
    assert.deepEqual([other.status, other.body.error], [401, 'invalid_dpop_proof']);
  });

  it('registers a gateway’s device for its owner, at once and idempotent by key', async () => {
    const key = await newKey();
    const metadata = { client_name: 'thermostat', jwks: { keys: [key.publicJwk] } };
    const first = await home.gateway.call('POST', '/reg', home.pat, metadata);
    const again = await home.gateway.call('POST', '/reg', home.pat, metadata);
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.equal(again.body.client_id, first.body.client_id);
    const standing = await home.gateway.call('GET', `/devices/${first.body.client_id}`, home.pat);
    assert.deepEqual(standing.body, {
      client_id: first.body.client_id,
      name: 'thermostat',
      state: 'active',
      owner: 'alice',
      assurance: 'gateway',
      jkt: await calculateJwkThumbprint(key.publicJwk),
      gateway_owner: 'alice',
    });
    const device = clientOf(home.issuer, first.body.client_id, key);
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_submitted');
  });

  it('registers with a registration token: claimed at once, as often as it says', async () => {
    const wish = { for: 'device', uses: 1, expiresIn: 60 };
    const { token } = (await home.owner.call('POST', '/api/registration-tokens', wish)).body;
    const keys = await Promise.all([newKey(), newKey(), newKey()]);
    const replies = await Promise.all(
      keys.map(({ publicJwk }) => register({ jwks: { keys: [publicJwk] } }, { authorization: `Bearer ${token}` })),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 401, 401]);
    const at = replies.findIndex(({ status }) => status === 201);
    const key = keys[at];
    assert.ok(key);
    const device = clientOf(home.issuer, replies[at]?.body.client_id, key);
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_submitted', 'claimed');
    const unknown = await register(
      { jwks: { keys: [(await newKey()).publicJwk] } },
      { authorization: 'Bearer nonsense' },
    );
    assert.equal(unknown.status, 401);
    assert.match(unknown.headers.get('www-authenticate') ?? '', /^Bearer/);
  });

  it('lets a gateway in by registration token without anybody typing a code, once', async () => {
    const wish = { for: 'gateway', uses: 1, expiresIn: 60 };
    const { token } = (await home.owner.call('POST', '/api/registration-tokens', wish)).body;
    const key = await newKey();
    const metadata = { jwks: { keys: [key.publicJwk] }, ...gatewayMetadata };
    const { body } = await register(metadata, { authorization: `Bearer ${token}` });
    const gateway = clientOf(home.issuer, body.client_id, key);
    const resources = await gateway.call('GET', '/resources', await gateway.pat());
    assert.deepEqual([resources.status, resources.body], [200, []]);
    const scope = 'shares:read shares:grant';
    const flow = await gateway.authenticated('/device/auth', { scope });
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const given = await gateway.token({ grant_type, device_code: flow.body.device_code });
    assert.equal(given.status, 200, JSON.stringify(given.body));
    const next = await gateway.authenticated('/device/auth', { scope });
    const waiting = await gateway.token({ grant_type, device_code: next.body.device_code });
    assert.equal(waiting.body.error, 'authorization_pending');
  });
});

describe('client authentication', () => {
  let home: Home;

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  it('gives an approved gateway a protection token, bound to its key', async () => {
    const { status, body } = await home.gateway.token(patForm);
    assert.equal(status, 200);
    assert.deepEqual([body.token_type, body.scope], ['DPoP', 'uma_protection']);
  });

  it('RFC 9449 5: refuses a proof by another key, for another method or URL, or by no key of the client', async () => {
    const stranger = await newKey();
    const bad = {
      'another key': { by: stranger },
      'another method': { method: 'GET' },
      'another address': { url: `${home.issuer}/permission` },
      'another host': { url: 'http://localhost:1862/token' },
      garbage: { proof: 'abc' },
      'two in one header': { proof: 'abc, def' },
    };
    for (const [what, spoil] of Object.entries(bad)) {
      const { status, body } = await home.gateway.token(patForm, spoil);
      assert.equal(status, 400, what);
      assert.match(body.error, /^invalid_(dpop_proof|request)$/, what);
    }
  });

  it('RFC 9449 8: asks for a nonce where a proof is old or from the future, and accepts it with one', async () => {
    for (const age of [3600, -3600]) {
      const refused = await home.gateway.token(patForm, { age, nonce: undefined, keepNonce: true });
      assert.deepEqual([refused.status, refused.body.error], [400, 'use_dpop_nonce']);
      const nonce = refused.headers.get('dpop-nonce') ?? undefined;
      assert.equal((await home.gateway.token(patForm, { age, nonce })).status, 200);
    }
    const invented = await home.gateway.token(patForm, { nonce: 'invented', keepNonce: true });
    assert.equal(invented.body.error, 'use_dpop_nonce');
  });

  it('RFC 9449 11.1: accepts a proof once, also of twenty at once', async () => {
    const nonce = (await home.gateway.token(patForm)).headers.get('dpop-nonce') ?? undefined;
    const one = await proof(home.gateway.key, { method: 'POST', url: `${home.issuer}/token`, nonce });
    const replies = await Promise.all(Array.from({ length: 20 }, () => home.gateway.token(patForm, { proof: one })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  });

  it('RFC 7523 3: accepts an assertion once, also of twenty at once, and none that lives for ever', async () => {
    const claims = { jti: 'the-same' };
    const replies = await Promise.all(Array.from({ length: 20 }, () => home.gateway.token(patForm, { claims })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.ok(replies.every(({ status, body }) => status === 200 || body.error === 'invalid_client'));
    const bad = {
      'a year': { exp: seconds() + 31_536_000 },
      past: { exp: seconds() - 60 },
      audience: { aud: 'http://evil.example' },
      issuer: { iss: 'dev_other' },
    };
    for (const [what, changed] of Object.entries(bad)) {
      const { status, body } = await home.gateway.token(patForm, { claims: changed });
      assert.deepEqual([status, body.error], [401, 'invalid_client'], what);
    }
  });

  it('RFC 7521 4.2, 4.2.1, RFC 7523 3: an assertion says who, for whom, until when and its own id', async () => {
    const bad: Record<string, object> = {
      'no issuer': { iss: undefined },
      'no subject': { sub: undefined },
      'another subject': { sub: 'dev_other' },
      'no audience': { aud: undefined },
      'no end': { exp: undefined },
      'no id': { jti: undefined },
      'not yet': { nbf: seconds() + 100 },
    };
    for (const [what, claims] of Object.entries(bad)) {
      const { status, body } = await home.gateway.token(patForm, { claims });
      assert.deepEqual([status, body.error], [401, 'invalid_client'], what);
    }
    const { clientId } = home.gateway;
    assert.equal((await home.gateway.token({ ...patForm, client_id: clientId })).status, 200);
    const form = { ...patForm, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' };
    for (const spoilt of [form, { ...patForm, client_id: 'gw_other' }])
      assert.equal((await home.gateway.token(spoilt)).body.error, 'invalid_request');
  });

  it('RFC 9449 5: gives no token of any kind without a proof', async () => {
    const device = await home.stranger();
    for (const [by, form] of [
      [home.gateway, patForm],
      [home.gateway, { grant_type: 'refresh_token', refresh_token: 'x' }],
      [home.gateway, { grant_type: deviceGrant, device_code: 'x' }],
      [device, { grant_type: umaGrant, ticket: 'x' }],
    ] as const) {
      const { status, body } = await by.authenticated('/token', form);
      assert.deepEqual([status, body.error], [400, 'invalid_dpop_proof'], form.grant_type);
    }
  });

  it('RFC 9449 9: a protected endpoint asks for a nonce by 401, DPoP-Nonce and a challenge, and takes it', async () => {
    const list = (nonce: string, age = 0) =>
      home.gateway.call('GET', '/resources', home.pat, undefined, { nonce, age });
    const { status, headers, body } = await list('stale');
    assert.deepEqual([status, body.error], [401, 'use_dpop_nonce']);
    assert.match(headers.get('www-authenticate') ?? '', /^DPoP error="use_dpop_nonce", algs="/);
    assert.equal((await list(headers.get('dpop-nonce') ?? '', 3600)).status, 200);
  });

  it('UMA Federated Authorization 1.3: a client that no owner approved gets no protection token, whatever scope it asks for or registered without', async () => {
    const gateway = await registerClient(home.issuer, gatewayMetadata);
    const reply = await gateway.token(patForm);
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_scope']);
    for (const scope of ['', 'shares:grant', 'uma_protection shares:grant']) {
      assert.equal((await gateway.token({ ...patForm, scope })).status, 400, scope);
      assert.equal((await home.gateway.token({ ...patForm, scope })).status, 400, `approved, ${scope}`);
    }
    const device = await home.stranger();
    assert.equal((await device.token(patForm)).status, 400, 'a device has no such grant');
  });

  it('RFC 9449 7.1: refuses a protection token without its proof, as Bearer, with another key, replayed, or as something else', async () => {
    const headers = { authorization: `Bearer ${home.pat}` };
    const bearer = await request(`${home.issuer}/resources`, { headers });
    assert.equal(bearer.status, 401);
    assert.match(bearer.headers.get('www-authenticate') ?? '', /^DPoP error="invalid_token"/);
    const naked = await request(`${home.issuer}/resources`, { headers: { authorization: `DPoP ${home.pat}` } });
    assert.deepEqual([naked.status, naked.body.error], [401, 'invalid_dpop_proof']);
    const thief = clientOf(home.issuer, home.gateway.clientId, await newKey());
    assert.equal((await thief.call('GET', '/resources', home.pat)).status, 401);
    for (const spoil of [{ token: 'another' }, { method: 'POST' }, { url: `${home.issuer}/reg` }]) {
      assert.equal((await home.gateway.call('GET', '/resources', home.pat, undefined, spoil)).status, 401);
    }
    const jti = 'used-twice';
    assert.equal((await home.gateway.call('GET', '/resources', home.pat, undefined, { jti })).status, 200);
    assert.equal((await home.gateway.call('GET', '/resources', home.pat, undefined, { jti })).status, 401);
  });

  it('RFC 9449 11.1: of twenty requests with one proof at a protected endpoint exactly one passes', async () => {
    const jti = 'twenty-at-once';
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => home.gateway.call('GET', '/resources', home.pat, undefined, { jti })),
    );
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  });

  it('takes no RPT for a protection token, and no protection token for an RPT', async () => {
    const device = await home.stranger();
    await home.share(device);
    const rpt = (await device.rpt(await home.ticket())).body.access_token;
    for (const [method, path, body] of [
      ['GET', '/resources'],
      ['PUT', `/resources/${home.resource}`, { resource_scopes: ['start'] }],
      ['POST', '/permission', { resource_id: home.resource, resource_scopes: ['start'] }],
      ['POST', '/ends', { id: 'x', target: { everything: 'alice' } }],
      ['GET', '/events'],
      ['POST', '/reg', { jwks: { keys: [(await newKey()).publicJwk] } }],
      ['GET', '/api/shares'],
    ] as const) {
      const reply = await device.call(method, path, rpt, body);
      assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_token'], path);
    }
    const look = await home.gateway.authenticated('/token/introspection', { token: home.pat });
    assert.deepEqual(look.body, { active: false });
    assert.throws(() => decodeJwt(home.pat), 'opaque: no resource server can mistake it');
  });
});

async function proved(issuer: string, key: Awaited<ReturnType<typeof newKey>>): Promise<Record<string, string>> {
  const probe = await post(
    `${issuer}/reg`,
    { jwks: { keys: [key.publicJwk] } },
    {
      dpop: await proof(key, { method: 'POST', url: `${issuer}/reg`, nonce: 'none' }),
    },
  );
  const nonce = probe.headers.get('dpop-nonce') ?? undefined;
  return { dpop: await proof(key, { method: 'POST', url: `${issuer}/reg`, nonce }) };
}
