/** The server below a path of somebody else's port, as behind Node-RED's own: programs come there, owners to its own port. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { decodeJwt } from 'jose';
import type { BuiltInServerOptions, RunningServer } from '../../../lib/built-in-server/start.ts';
import { send } from '../../flows/support/outside-device.ts';
import { freePort } from '../../support/free-port.ts';
import { askOverTls, pemOf, writeCertificate } from '../support/certificates.ts';
import { type FakeOtherPort, fakeOtherPort } from '../support/fake-other-port.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { sendRaw } from '../support/raw-request.ts';
import { ownerName, ownerPassword, type ServerPlace, serverPlace } from '../support/running-server.ts';
import { clientOf, form, gatewayMetadata, post, request, type TestClient } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';

describe('the server through somebody else’s port', () => {
  let place: ServerPlace;
  let other: FakeOtherPort;
  let server: RunningServer;
  let issuer: string;

  beforeEach(async () => {
    [place, other] = await Promise.all([serverPlace(), fakeOtherPort()]);
    issuer = `http://127.0.0.1:${other.port}/uma`;
  });
  afterEach(async () => {
    await place.remove();
    await other.close();
  });

  const start = async (more: Partial<BuiltInServerOptions> = {}) => {
    server = await place.start({ port: await freePort(), issuer, otherPort: other, ...more });
  };
  /** Lets a client in by a registration token, since nobody who comes this way counts as somebody on this computer. */
  const register = async (owner: OwnerSession, kind: 'gateway' | 'device'): Promise<TestClient> => {
    const made = await owner.call('POST', '/api/registration-tokens', { for: kind, uses: 1, expiresIn: 600 });
    const key = await newKey();
    const metadata = kind === 'gateway' ? gatewayMetadata : {};
    const body = { client_name: kind, jwks: { keys: [key.publicJwk] }, ...metadata };
    const registered = await post(`${issuer}/reg`, body, { authorization: `Bearer ${made.body.token}` });
    assert.equal(registered.status, 201, JSON.stringify(registered.body));
    return clientOf(issuer, registered.body.client_id, key);
  };
  const raw = async (target: string, headers: [string, string][] = [], method = 'GET', port = other.port) => {
    const host = headers.some(([name]) => name === 'Host') ? [] : ([['Host', `127.0.0.1:${other.port}`]] as const);
    const answer = await sendRaw(port, { method, target, headers: [...host, ['Connection', 'close'], ...headers] });
    assert.notEqual(answer, 'closed');
    return answer as Exclude<typeof answer, 'closed'>;
  };

  it('says what it is below its issuer, with the owner’s pages where they are (UMA Grant 2, RFC 8414 3)', async () => {
    await start();
    const { body } = await request(`${issuer}/.well-known/uma2-configuration`);
    assert.equal(body.issuer, issuer);
    const endpoints = Object.entries(body).filter(([name]) => /(_endpoint|_uri)$/.test(name));
    assert.ok(endpoints.length > 8);
    for (const [name, url] of endpoints)
      assert.ok(
        String(url).startsWith(name === 'claims_interaction_endpoint' ? server.pages : issuer),
        `${name} ${url}`,
      );
    assert.equal(server.pages, `http://127.0.0.1:${server.port}`);
    assert.ok(other.mounted() === 1);
  });

  it('registers, shares, issues, introspects and revokes there; the owner says so on the other port', async () => {
    await start();
    const owner = await signIn(server.pages);
    const [gateway, device] = [await register(owner, 'gateway'), await register(owner, 'device')];
    const started = await gateway.authenticated('/device/auth', { scope: 'shares:read' });
    assert.equal(started.body.verification_uri, `${server.pages}/device`);
    assert.equal(started.body.verification_uri_complete, `${server.pages}/device?user_code=${started.body.user_code}`);
    const pat = await gateway.pat();
    const made = await gateway.call('POST', '/resources', pat, { name: 'Oven', resource_scopes: ['start'] });
    assert.equal(made.headers.get('location'), `${issuer}/resources/${made.body._id}`);
    const resource = made.body._id as string;
    const party = { kind: 'device', id: device.clientId };
    const shared = await owner.call('POST', '/api/shares', { resource, party, scopes: ['start'] });
    assert.equal(shared.status, 201);
    const wish = { resource_id: resource, resource_scopes: ['start'] };
    const ticket = async () => (await gateway.call('POST', '/permission', pat, wish)).body.ticket as string;
    const rpt = (await device.rpt(await ticket())).body.access_token as string;
    assert.equal(decodeJwt(rpt).iss, issuer);
    const introspected = async () => {
      const token = new URLSearchParams({ token: rpt });
      return (await gateway.call('POST', '/token/introspection', pat, token)).body;
    };
    assert.deepEqual([(await introspected()).active, (await introspected()).iss], [true, issuer]);
    assert.equal((await owner.call('DELETE', `/api/shares/${shared.body.id}`)).status, 200);
    assert.equal((await introspected()).active, false);
    assert.equal((await device.rpt(await ticket())).body.error, 'request_submitted');
    assert.equal((await device.authenticated('/token/revocation', { token: rpt })).status, 200);
  });

  it('sends a device that nobody has claimed to the owner’s pages', async () => {
    await start();
    const owner = await signIn(server.pages);
    const gateway = await register(owner, 'gateway');
    await owner.call('POST', '/api/open-registration', {});
    const key = await newKey();
    const open = await post(`${issuer}/reg`, { client_name: 'Toaster', jwks: { keys: [key.publicJwk] } });
    const device = clientOf(issuer, open.body.client_id, key);
    const pat = await gateway.pat();
    const made = await gateway.call('POST', '/resources', pat, { name: 'Oven', resource_scopes: ['start'] });
    const wish = { resource_id: made.body._id, resource_scopes: ['start'] };
    const { body } = await device.rpt((await gateway.call('POST', '/permission', pat, wish)).body.ticket);
    assert.deepEqual([body.error, body.redirect_user], ['need_info', `${server.pages}/device`]);
  });

  it('shows no page and nothing of /api there, and says where they are', async () => {
    await start();
    const signsIn = { name: ownerName, password: ownerPassword };
    const answers = [await post(`${issuer}/api/session`, signsIn), await request(`${issuer}/api/events`)];
    for (const path of ['', '/', '/setup', '/device', '/panic', '/claims', '/portal.js', '/style.css'])
      answers.push(await request(issuer + path, { headers: { accept: 'text/html' } }));
    answers.push(await form(`${issuer}/panic`, signsIn), await form(`${issuer}/claims`, signsIn));
    for (const { status, headers, body } of answers) {
      assert.deepEqual([status, body.error, headers.get('set-cookie')], [421, 'pages_elsewhere', null]);
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.ok(body.hint.includes(server.pages));
    }
    const unknown = await request(`${issuer}/nothing`);
    assert.equal(unknown.status, 404);
  });

  it('judges each message before it reads one: Host, absolute form, doubles, and no other origin may read', async () => {
    await start();
    const target = '/uma/jwks';
    assert.equal((await raw(target)).status, 200);
    assert.equal((await raw(target, [['Host', `localhost:${other.port}`]])).status, 200);
    for (const host of ['evil.test', `127.0.0.1:${server.port}`, '127.0.0.1']) {
      const { status, text } = await raw(target, [['Host', host]]);
      assert.deepEqual([status, text], [421, ''], host);
    }
    assert.deepEqual((await raw(`http://127.0.0.1:${other.port}${target}`)).status, 421);
    const twice: [string, string][] = [
      ['Authorization', 'DPoP a'],
      ['Authorization', 'DPoP b'],
    ];
    assert.equal((await raw('/uma/resources', twice)).status, 400);
    const asked = await raw(target, [['Origin', `http://127.0.0.1:${other.port}`]]);
    assert.equal(asked.headers.get('access-control-allow-origin'), undefined);
    assert.equal((await raw('/umami/jwks')).status, 404, 'not below the issuer');
    const long = await raw('/uma/reg', [['Content-Length', String(2 ** 20)]], 'POST');
    assert.equal(long.status, 401, 'whoever may not register is told before a body is waited for');
  });

  it('takes nobody who comes this way for somebody on this computer', async () => {
    await start();
    const key = await newKey();
    const gateway = { ...gatewayMetadata, client_name: 'x', jwks: { keys: [key.publicJwk] } };
    assert.equal((await post(`${issuer}/reg`, gateway)).status, 401);
  });

  it('on its own port: pages and /api by the name of this computer, and for programs on it what the issuer answers', async () => {
    await start();
    assert.equal((await request(`${server.pages}/`)).status, 200);
    assert.equal((await request(`${server.pages}/jwks`)).status, 404);
    const signed = await post(
      `${server.pages}/api/session`,
      { name: ownerName, password: ownerPassword },
      {
        origin: server.pages,
      },
    );
    assert.equal(signed.status, 200);
    const foreign = await post(
      `${server.pages}/api/session`,
      { name: ownerName, password: ownerPassword },
      {
        origin: new URL(issuer).origin,
      },
    );
    assert.equal(foreign.status, 403, 'the origin of every flow’s page');
    const byIssuersName = (path: string, headers: [string, string][] = []) => raw(path, headers, 'GET', server.port);
    assert.equal((await byIssuersName('/uma/jwks')).status, 200);
    assert.equal((await byIssuersName('/uma/jwks', [['X-Forwarded-For', '203.0.113.9']])).status, 421);
    assert.equal((await byIssuersName('/uma/api/home')).status, 421);
    assert.equal((await byIssuersName('/api/home')).status, 404);
  });

  it('an https address: answers over TLS or through a proxy that is known, nobody around it, and says so once', async () => {
    issuer = 'https://home.example/uma';
    await start({ proxies: ['203.0.113.0/24'] });
    const host: [string, string][] = [['Host', 'home.example']];
    for (let round = 0; round < 3; round += 1) assert.equal((await raw('/uma/jwks', host)).status, 421);
    assert.equal(place.lines.filter((line) => line.includes('127.0.0.1')).length, 1);
    await place.stop();
    await start();
    assert.equal((await raw('/uma/jwks', host)).status, 200, 'by default a proxy on this computer');
    assert.equal((await raw('/uma/jwks', [['Host', '127.0.0.1']])).status, 421);
  });

  it('an https address, for which the other port itself speaks TLS', async () => {
    const speaking = await fakeOtherPort(pemOf(await writeCertificate(place.dir, 'pi.test')));
    try {
      issuer = `https://pi.test:${speaking.port}/uma`;
      await start({ otherPort: speaking, proxies: [] });
      assert.equal((await askOverTls(issuer, '/uma/jwks')).status, 200);
      assert.equal((await askOverTls(issuer, '/uma/jwks', { headers: { host: 'evil.test' } })).status, 421);
      await server.close();
    } finally {
      await speaking.close();
    }
  });

  it('in a container: pages to whoever comes by the name of this computer, and the issuer’s name from nowhere else', async function () {
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    if (own === undefined) return this.skip();
    await start({ host: 'every' });
    const from = async (path: string, host: string) =>
      (await send(`http://127.0.0.1:${server.port}${path}`, { method: 'GET', from: own, headers: ['Host', host] }))
        .status;
    assert.equal(await from('/', new URL(server.pages).host), 200);
    assert.equal(await from('/', `${own}:${server.port}`), 421);
    assert.equal(await from('/uma/jwks', new URL(issuer).host), 421);
  });

  it('without encryption beyond this computer only where that is wanted, and then for devices alone', async () => {
    issuer = 'http://pi.test:1880/uma';
    await assert.rejects(start(), { code: 'needs_encryption' });
    await start({ notEncrypted: true });
    const host: [string, string][] = [['Host', 'pi.test:1880']];
    assert.equal((await raw('/uma/jwks', host)).status, 200);
    const token: [string, string][] = [...host, ['Authorization', 'Bearer x'], ['Content-Length', '0']];
    const refused = await raw('/uma/reg', token, 'POST');
    assert.deepEqual([refused.status, JSON.parse(refused.text).error], [403, 'needs_encryption']);
    const introspection = await raw('/uma/token/introspection', [...host, ['Content-Length', '0']], 'POST');
    assert.equal(JSON.parse(introspection.text).error, 'needs_encryption');
  });

  it('has an issuer with a path there, and never the port of the pages', async () => {
    const wrong = ['http://127.0.0.1:1', 'http://127.0.0.1:1/', 'http://127.0.0.1:1/uma/', 'http://127.0.0.1:1/%75ma'];
    for (const bad of [...wrong, 'http://a@127.0.0.1:1/uma', 'http://127.0.0.1:1/uma?x', 'ftp://x/uma', '/uma'])
      await assert.rejects(start({ issuer: bad }), { code: 'issuer_invalid' }, bad);
    const port = await freePort();
    await assert.rejects(start({ port, issuer: `http://localhost:${port}/uma` }), { code: 'port_in_use' });
    assert.equal(other.mounted(), 0);
  });

  it('goes away when it closes, and comes back once', async () => {
    await start();
    await server.close();
    assert.equal(other.mounted(), 0);
    assert.equal((await request(`${issuer}/jwks`)).body, 'a page of somebody else');
    await start();
    assert.deepEqual([other.mounted(), (await request(`${issuer}/jwks`)).status], [1, 200]);
  });
});
