import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import { type RawAnswer, sendRaw } from '../support/raw-request.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { clientOf, gatewayMetadata, post, registerClient, request } from '../support/test-client.ts';
import { assertion, newKey, proof } from '../support/test-key.ts';

describe('what is on the wire', () => {
  let place: ServerPlace;
  let server: RunningServer;
  /** Writes to the socket as it stands, and reads until the server closes. */
  const raw = async (text: string): Promise<string> => {
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.end(text);
    await once(socket, 'close');
    return received;
  };
  const get = (host: string, target = '/jwks', more = '') =>
    raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`);
  const isMisdirected = (answer: string, what: string) => {
    assert.match(answer, /^HTTP\/1\.1 421 /, what);
    assert.match(answer, /content-length: 0/i, what);
  };

  before(async () => {
    place = await serverPlace();
    server = await place.start();
  });
  after(async () => {
    await server.close();
    await place.remove();
  });

  it('refuses every Host but its own, before anything is parsed', async () => {
    const { port } = server;
    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.nip.io:${port}`,
      '',
    ];
    for (const host of foreign) isMisdirected(await get(host), host);
    isMisdirected(await get(`127.0.0.1:${port}`, `http://127.0.0.1:${port}/jwks`), 'absolute form');
    isMisdirected(await get(`127.0.0.1:${port}`, '*'), 'asterisk form');
    isMisdirected(await raw('GET /jwks HTTP/1.0\r\n\r\n'), 'no Host');
    isMisdirected(await get('evil.example', '/%zz', 'Transfer-Encoding: chunked\r\n'), 'not even parsed');
    const upgrade = 'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n';
    const asked = `GET /jwks HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n${upgrade}\r\n`;
    isMisdirected(await raw(asked), 'upgrade');
    isMisdirected(await raw(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`), 'tunnel');
  });

  it('closes what it does not upgrade, also where the other end leaves its side open', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write(`GET /jwks HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await once(socket.resume(), 'end');
    const writing = setInterval(() => socket.write('still here'), 10);
    await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    clearInterval(writing);
  });

  it('builds every address from the issuer, whatever Host and X-Forwarded say', async () => {
    const forwarded = 'X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\n';
    for (const path of ['uma2-configuration', 'openid-configuration', 'oauth-authorization-server']) {
      for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `[::1]:${server.port}`]) {
        const answer = await get(host, `/.well-known/${path}`, forwarded);
        assert.match(answer, /^HTTP\/1\.1 200 /);
        assert.doesNotMatch(answer, /evil/);
        const metadata = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
        assert.equal(metadata.issuer, server.issuer);
        for (const value of Object.values(metadata)) {
          if (typeof value === 'string') assert.ok(value.startsWith(server.issuer), value);
        }
      }
    }
  });

  it('RFC 9449 4.3: a proof is for the issuer’s address, also where the request came by another name of this computer', async () => {
    const key = await newKey();
    const client = await registerClient(server.issuer, gatewayMetadata, key);
    const alias = `localhost:${server.port}`;
    const send = async (path: string, fields: Record<string, string>, dpop?: string): Promise<RawAnswer> => {
      const body = new URLSearchParams({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(key, client.clientId, server.issuer),
        ...fields,
      }).toString();
      const headers: [string, string][] = [
        ['Host', alias],
        ['Connection', 'close'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Content-Length', String(body.length)],
        ...(dpop === undefined ? [] : [['DPoP', dpop] as [string, string]]),
      ];
      const answer = await sendRaw(server.port, { method: 'POST', target: path, headers, body: Buffer.from(body) });
      return answer === 'closed' ? assert.fail('closed') : answer;
    };
    const started = await send('/device/auth', { scope: 'uma_protection' });
    assert.equal(JSON.parse(started.text).verification_uri, `${server.issuer}/device`);
    const pat = { grant_type: 'client_credentials', scope: 'uma_protection' };
    const told = await send('/token', pat, await proof(key, { method: 'POST', url: `${server.issuer}/token` }));
    const nonce = told.headers.get('dpop-nonce');
    const own = await proof(key, { method: 'POST', url: `${server.issuer}/token`, nonce });
    assert.equal(JSON.parse((await send('/token', pat, own)).text).error, 'invalid_scope', 'the proof is good');
    const other = await proof(key, { method: 'POST', url: `http://${alias}/token`, nonce });
    assert.equal(JSON.parse((await send('/token', pat, other)).text).error, 'invalid_dpop_proof');
  });

  it('shows pages under the issuer’s name only', async () => {
    const answer = await get(`localhost:${server.port}`, '/setup?code=x');
    assert.match(answer, /^HTTP\/1\.1 302 /);
    assert.match(answer, new RegExp(`location: ${server.issuer}/setup\\?code=x`, 'i'));
  });

  it('its pages load nothing from elsewhere, and the provider’s own are not there', async () => {
    for (const path of ['/', '/device', '/device?user_code=BCDF-GHJK', '/panic', '/setup']) {
      const { headers, body } = await request(server.issuer + path);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.doesNotMatch(body, /(src|href|url|import)\s*[=(:]?\s*["'(]?\s*(https?:)?\/\//i, path);
    }
    for (const path of ['/auth', '/me', '/session/end', '/request', '/interaction/x', '/reg/x']) {
      assert.equal((await request(server.issuer + path)).status, 404, path);
    }
    const form = await request(`${server.issuer}/device`, {
      method: 'POST',
      body: new URLSearchParams({ user_code: 'x' }),
    });
    assert.deepEqual([form.status, form.headers.get('set-cookie')], [401, null], 'ours asks for the password first');
  });

  it('speaks to no other origin', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const reply = await request(`${server.issuer}/jwks`, { method, headers: { origin: 'http://evil.example' } });
      assert.equal(reply.headers.get('access-control-allow-origin'), null);
    }
    const gateway = await registerClient(server.issuer, gatewayMetadata);
    for (const path of ['/token', '/device/auth', '/token/introspection', '/token/revocation']) {
      const { headers } = await gateway.authenticated(path, { token: 'x' });
      const told = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
      assert.deepEqual(told, [], path);
    }
  });

  it('G 2, F 2, RFC 8414 2, RFC 9449 5.1: its metadata name what there is, and nothing that is not', async () => {
    const read = async (name: string) => (await request(`${server.issuer}/.well-known/${name}`)).body;
    const uma = await read('uma2-configuration');
    for (const name of ['token', 'registration', 'introspection', 'revocation', 'device_authorization'])
      assert.ok(uma[`${name}_endpoint`], name);
    for (const name of ['permission', 'resource_registration', 'claims_interaction'])
      assert.ok(uma[`${name}_endpoint`], name);
    for (const [name, value] of Object.entries(uma).filter(([name]) => /_(endpoint|uri)$/.test(name)))
      assert.equal((await request(String(value), { method: 'PATCH' })).status, 405, `${name} is there`);
    assert.ok(uma.grant_types_supported.includes('urn:ietf:params:oauth:grant-type:uma-ticket'));
    assert.deepEqual(uma.token_endpoint_auth_methods_supported, ['private_key_jwt']);
    for (const name of ['dpop_signing_alg_values', 'token_endpoint_auth_signing_alg_values'])
      assert.deepEqual(uma[`${name}_supported`], ['ES256', 'EdDSA', 'Ed25519']);
    for (const other of ['oauth-authorization-server', 'openid-configuration']) {
      const { subject_types_supported: _, id_token_signing_alg_values_supported: __, ...same } = await read(other);
      for (const [name, value] of Object.entries(same)) assert.deepEqual(value, uma[name], name);
    }
    // RFC 9207 3: there is no authorization endpoint, and nothing that would belong to one.
    for (const name of ['authorization_endpoint', 'authorization_response_iss_parameter_supported'])
      assert.equal(uma[name], undefined, name);
    assert.deepEqual(uma.response_types_supported, []);
  });

  it('RFC 9110 15.5.2: a 401 names a way in; RFC 6749 5.2: but for an assertion there is none', async () => {
    const client = await registerClient(server.issuer, gatewayMetadata);
    const thief = clientOf(server.issuer, client.clientId, await newKey());
    const refused = [
      await request(`${server.issuer}/token`, { method: 'POST', body: new URLSearchParams({ token: 'x' }) }),
      await request(`${server.issuer}/resources`),
      await request(`${server.issuer}/api/shares`),
      await post(`${server.issuer}/api/session`, { name: 'alice', password: 'not her password' }),
      await post(`${server.issuer}/reg`, {}, { authorization: 'Bearer nobody-gave-it' }),
    ];
    for (const { status, headers, body } of refused) {
      assert.equal(status, 401, JSON.stringify(body));
      assert.match(headers.get('www-authenticate') ?? '', /^(DPoP|Bearer) /, JSON.stringify(body));
    }
    for (const path of ['/token', '/token/introspection']) {
      const { status, headers, body } = await thief.authenticated(path, { token: 'x' });
      assert.deepEqual([status, body.error, headers.get('www-authenticate')], [401, 'invalid_client', null]);
    }
  });

  it('RFC 6749 5.1, RFC 7591 3.2.1: nothing that holds a secret is kept by a cache', async () => {
    const client = await registerClient(server.issuer, gatewayMetadata);
    const answers = [
      await client.token({ grant_type: 'client_credentials', scope: 'uma_protection' }),
      await client.authenticated('/device/auth', { scope: 'shares:read' }),
      await client.authenticated('/token/introspection', { token: 'x' }),
      await post(`${server.issuer}/reg`, { jwks: { keys: [(await newKey()).publicJwk] } }),
    ];
    for (const { headers } of answers)
      assert.deepEqual([headers.get('cache-control'), headers.get('pragma')], ['no-store', 'no-cache']);
  });

  it('answers every malformed request with a 4xx', async () => {
    const own = `Host: 127.0.0.1:${server.port}\r\nConnection: close\r\n`;
    const post = (path: string, type: string, body: string, more = '') =>
      `POST ${path} HTTP/1.1\r\n${own}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
    const form = 'application/x-www-form-urlencoded';
    const client =
      'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=';
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const odd = [
      post('/token', form, 'grant_type=x&grant_type=y'),
      post('/token', form, `${client}a.b.c&grant_type=client_credentials&grant_type=client_credentials`),
      post('/token', form, `${client}%FF%FE`),
      post('/token', form, '\xff\xfe'),
      post('/token', form, `${client}a.b.c`),
      post('/token', form, `${client}${none}.e30.`),
      post('/token', form, `${client}${none}.bnVsbA.x&ticket[]=1&ticket[x]=2&__proto__=1&constructor=2`),
      post('/token', form, ''),
      post('/token', 'application/json', '{}'),
      post('/token', 'multipart/form-data; boundary=x', '--x--'),
      post('/token', '', 'a=b'),
      post('/token', `${form}; charset=utf-16`, 'a=b'),
      post('/token', form, 'a=b', 'Content-Encoding: gzip\r\n'),
      post('/token', form, 'a=b', 'DPoP: a\r\nDPoP: b\r\n'),
      post('/token', form, 'a=b', 'Authorization: Basic x\r\nAuthorization: Basic y\r\n'),
      post('/token', form, 'a=b', 'Authorization: Basic %%%\r\n'),
      post('/token', form, `a=${'x'.repeat(70_000)}`),
      post('/device/auth', form, `${client}a.b.c&scope=%00&request=x&claims=%7B`),
      post('/token/introspection', form, 'token=x&token=y'),
      post('/token/introspection', form, 'token=x', 'Authorization: Bearer x\r\n'),
      post('/token/revocation', form, `${client}a.b.c&token=`),
      post('/reg', 'application/json', '{'),
      post('/reg', 'application/json', 'null'),
      post('/reg', 'application/json', '[]'),
      post('/reg', 'application/json', '{"__proto__":{"x":1},"jwks":{"keys":[null]}}'),
      post('/reg', 'application/json', '{"jwks":{"keys":{"length":1}},"grant_types":{"length":1}}'),
      post('/reg', 'application/json', `${'['.repeat(30_000)}`),
      post('/reg', 'application/json', '{}', 'Authorization: DPoP\r\n'),
      post('/resources', 'application/json', '{}', 'Authorization: DPoP x\r\nDPoP: x\r\n'),
      post('/events/ack', 'application/json', '{}'),
      post('/ends', 'application/json', '{}'),
      `GET /resources/%E0%A4%A HTTP/1.1\r\n${own}\r\n`,
      `GET /../../etc/passwd HTTP/1.1\r\n${own}\r\n`,
      `GET /device/auth HTTP/1.1\r\n${own}\r\n`,
      `DELETE /token HTTP/1.1\r\n${own}\r\n`,
      `GET /events HTTP/1.1\r\n${own}Last-Event-ID: -1\r\n\r\n`,
      `GET /jwks HTTP/1.1\r\n${own}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      `POST /token HTTP/1.1\r\n${own}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'NONSENSE\r\n\r\n',
    ];
    for (const text of odd) {
      const answer = await raw(text);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, `${text.slice(0, 200)} -> ${answer.slice(0, 200)}`);
      assert.doesNotMatch(answer, /at .*\.(ts|js):\d/, 'no stack');
    }
  });

  it('ends a body that never comes', async () => {
    const big = `POST /reg HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{`;
    assert.match(await raw(big), /^HTTP\/1\.1 413 /);
  });
});

describe('starting', () => {
  let place: ServerPlace;
  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  it('says in one sentence which port is in use, and leaves nothing behind', async () => {
    const other = await serverPlace();
    const first = await place.start();
    await assert.rejects(other.start({ port: first.port }), {
      code: 'port_in_use',
      message: new RegExp(`Port ${first.port} .*\\.$`),
    });
    await first.close();
    const second = await other.start({ port: first.port });
    assert.equal(second.port, first.port);
    await second.close();
    await other.remove();
  });

  it('refuses an issuer that is none', async () => {
    for (const issuer of [
      'uma',
      'http://127.0.0.1:1862/',
      'http://127.0.0.1:1862/uma',
      'ftp://x',
      'http://a:b@127.0.0.1',
    ]) {
      await assert.rejects(place.start({ issuer }), { code: 'issuer_invalid' });
    }
  });

  it('gives a set-up link only while there is no owner', async () => {
    const owned = await place.start();
    assert.equal(owned.setUpLink(), undefined);
    await owned.close();
    const empty = await serverPlace();
    const server = await startWithoutOwner(empty);
    const link = server.setUpLink() ?? '';
    assert.match(link, /\/setup\?code=/);
    assert.ok(link.startsWith(server.issuer));
    assert.equal((await request(link)).status, 200);
    await server.close();
    await empty.remove();
  });
});

async function startWithoutOwner(place: ServerPlace): Promise<RunningServer> {
  const { startBuiltInServer } = await import('../../../lib/built-in-server/start.ts');
  return startBuiltInServer({ dir: `${place.dir}/server`, keyDir: place.dir, port: 0, log: () => {} });
}
