import assert from 'node:assert/strict';
import { request as plainRequest } from 'node:http';
import { type Home, openHome } from '../support/home.ts';
import { serverPlace } from '../support/running-server.ts';
import { gatewayMetadata, type Reply, registerClient, umaGrant } from '../support/test-client.ts';
import { assertion, newKey, proof } from '../support/test-key.ts';

/** The same odd requests every time: a failure can be looked at again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const oddities = [
  '',
  ' ',
  'x',
  '\u0000',
  '\ufffd\u202e',
  '💡'.repeat(50),
  'x'.repeat(5000),
  '__proto__',
  '[object Object]',
  '{"a":',
  'null',
  '-1',
  '1e999',
  'a.b.c',
  'e30.e30.e30',
  'http://evil.example/',
  'javascript:alert(1)',
  'openid offline_access profile',
  'uma_protection',
  'S256',
  'code id_token',
  'login none consent',
];
const parameters = [
  'grant_type', 'ticket', 'scope', 'rpt', 'pct', 'claim_token', 'claim_token_format', 'resource', 'audience', 'claims',
  'request', 'request_uri', 'registration', 'prompt', 'max_age', 'id_token_hint', 'login_hint', 'acr_values', 'nonce',
  'code', 'redirect_uri', 'code_verifier', 'code_challenge', 'code_challenge_method', 'refresh_token', 'device_code',
  'user_code', 'token', 'token_type_hint', 'authorization_details', 'client_id', 'client_secret', 'response_mode',
  'response_type', 'state', 'username', 'password', 'assertion', 'subject_token', '__proto__', 'constructor', 'toString',
]; // biome-ignore format: a list to read through
const grants = [
  umaGrant,
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'authorization_code',
  'implicit',
  'password',
  'urn:openid:params:grant-type:ciba',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

describe('odd requests', function () {
  this.timeout(60_000);
  let home: Home;
  const fine = (reply: Reply, what: unknown) => {
    assert.ok(reply.status < 500, `${JSON.stringify(what)} -> ${reply.status} ${JSON.stringify(reply.body)}`);
    if (reply.status >= 400) assert.equal(typeof reply.body.error, 'string', JSON.stringify([what, reply.body]));
  };

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  it('never get a 5xx from the provider behind an endpoint where a client has authenticated', async () => {
    const roll = dice(20_260_701);
    const pick = <T>(list: readonly T[]) => list[roll(list.length)] as T;
    const device = await home.stranger();
    for (let round = 0; round < 250; round++) {
      const fields: Record<string, string> = {};
      for (let n = roll(6); n >= 0; n--) fields[pick(parameters)] = pick(oddities);
      const by = pick([device, home.gateway]);
      if (round % 2 === 0) fine(await by.token({ ...fields, grant_type: pick(grants) }), fields);
      else
        fine(
          await by.authenticated(pick(['/device/auth', '/token/introspection', '/token/revocation']), fields),
          fields,
        );
    }
    assert.deepEqual(home.place.lines, [], 'and the server had nothing to complain of');
  });

  it('never get a 5xx from an endpoint that takes a token', async () => {
    const roll = dice(7);
    const pick = <T>(list: readonly T[]) => list[roll(list.length)] as T;
    const values: unknown[] = [null, true, 0, -1, 1e308, [], {}, [[]], ...oddities];
    const members = [
      'id', 'target', 'kind', 'number', 'state', 'name', 'type', 'resource_id', 'resource_scopes', 'icon_uri', 'jwks',
      'description', 'client_name', 'grant_types', 'scope', '__proto__',
    ]; // biome-ignore format: a list to read through
    const places = [
      'POST /reg', 'POST /resources', `PUT /resources/${home.resource}`, 'GET /resources/%00', 'POST /permission',
      'POST /ends', 'POST /events/ack', 'GET /devices/x', 'POST /devices/x/state', 'POST /devices/x/key', 'DELETE /resources/..%2f',
    ]; // biome-ignore format: a list to read through
    for (let round = 0; round < 250; round++) {
      const [method = '', path = ''] = pick(places).split(' ');
      const object = Object.fromEntries(Array.from({ length: roll(4) }, () => [pick(members), pick(values)]));
      const body = method === 'GET' || method === 'DELETE' ? undefined : pick([object, [object], pick(values)]);
      fine(
        await home.gateway.call(
          method,
          path,
          home.pat,
          body ?? (method === 'GET' || method === 'DELETE' ? undefined : null),
        ),
        [method, path, body],
      );
    }
  });

  it('a proof whose parts are odd is refused, not stumbled over', async () => {
    const key = home.gateway.key;
    const good = await proof(key, { method: 'POST', url: `${home.issuer}/token` });
    const [header = '', claims = '', signature = ''] = good.split('.');
    const coded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const read = JSON.parse(Buffer.from(header, 'base64url').toString());
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const proofs = [
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${coded({ ...read, alg: 'none' })}.${claims}.`,
      `${coded({ ...read, alg: 'HS256' })}.${claims}.${signature}`,
      `${coded({ ...read, jwk: null })}.${claims}.${signature}`,
      `${coded({ ...read, jwk: { kty: 'oct', k: 'AA' } })}.${claims}.${signature}`,
      `${coded({ ...read, jwk: { ...read.jwk, d: 'AA' } })}.${claims}.${signature}`,
      `${coded({ ...read, crit: ['x'] })}.${claims}.${signature}`,
      `${coded({ ...read, typ: 'JWT' })}.${claims}.${signature}`,
      `${header}.${coded(null)}.${signature}`,
      `${header}.${coded([])}.${signature}`,
      `${header}.${coded({ ...said, iat: 'now' })}.${signature}`,
      `${header}.${coded({ ...said, jti: { x: 1 } })}.${signature}`,
      'x'.repeat(9000),
    ];
    for (const one of proofs) {
      const reply = await home.gateway.token(
        { grant_type: 'client_credentials', scope: 'uma_protection' },
        { proof: one },
      );
      assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_dpop_proof'], one.slice(0, 80));
    }
  });

  it('RFC 7523 3: an assertion that is not the client’s own is 401 invalid_client, whatever is wrong with it', async () => {
    const { issuer, gateway } = home;
    const good = await assertion(gateway.key, gateway.clientId, issuer);
    const [, claims = ''] = good.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    const thief = await assertion(await newKey(), gateway.clientId, issuer);
    const hmac = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${claims}.AAAA`;
    for (const client_assertion of [none, thief, hmac, `${good.slice(0, -4)}AAAA`]) {
      const reply = await gateway.token({
        grant_type: 'client_credentials',
        scope: 'uma_protection',
        client_assertion,
      });
      assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_client']);
    }
  });
});

describe('behind TLS that ends elsewhere', () => {
  it('is the configured https issuer in every address and in every proof', async () => {
    const place = await serverPlace();
    // Registered on this computer before TLS was put in front: whoever comes through a proxy registers by no open door.
    const before = await place.start();
    const key = await newKey();
    const { clientId } = await registerClient(before.issuer, {}, key);
    const gateway = await newKey();
    const ofGateway = await registerClient(before.issuer, gatewayMetadata, gateway);
    await place.stop();
    const issuer = 'https://uma.home.example';
    const server = await place.start({ issuer });
    const ask = (path: string, init: { host?: string; type?: string; dpop?: string; content?: string } = {}) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const { host = 'uma.home.example', type, dpop, content } = init;
        const headers = { host, ...(type ? { 'content-type': type } : {}), ...(dpop ? { dpop } : {}) };
        const method = content === undefined ? 'GET' : 'POST';
        const sent = plainRequest({ port: server.port, host: '127.0.0.1', path, headers, method }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          learnt = response.headers['dpop-nonce']?.toString();
        });
        sent.on('error', reject).end(content);
      });
    let learnt: string | undefined;
    const metadata = await ask('/.well-known/uma2-configuration');
    assert.equal(JSON.parse(metadata.text).token_endpoint, `${issuer}/token`);
    assert.equal((await ask('/jwks', { host: `127.0.0.1:${server.port}` })).status, 421);
    const content = JSON.stringify({ jwks: { keys: [(await newKey()).publicJwk] } });
    assert.equal((await ask('/reg', { type: 'application/json', content })).status, 401);
    const token = async (htu: string) => {
      const form = {
        grant_type: umaGrant,
        ticket: 'none',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(key, clientId, issuer),
      };
      const dpop = await proof(key, { method: 'POST', url: htu, nonce: learnt });
      const type = 'application/x-www-form-urlencoded';
      return JSON.parse((await ask('/token', { type, dpop, content: new URLSearchParams(form).toString() })).text)
        .error;
    };
    await token(`${issuer}/token`);
    assert.equal(await token(`${issuer}/token`), 'invalid_grant', 'proof and assertion were good');
    assert.equal(await token(`http://127.0.0.1:${server.port}/token`), 'invalid_dpop_proof');
    const flow = new URLSearchParams({
      scope: 'uma_protection',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(gateway, ofGateway.clientId, issuer),
    });
    const shown = await ask('/device/auth', { type: 'application/x-www-form-urlencoded', content: flow.toString() });
    assert.equal(JSON.parse(shown.text).verification_uri, `${issuer}/device`, 'a link for a person');
    await place.remove();
  });
});
