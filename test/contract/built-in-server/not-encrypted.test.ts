import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { Agent } from 'undici';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import { freePort } from '../../support/free-port.ts';
import { ownerName, ownerPassword, type ServerPlace, serverPlace } from '../support/running-server.ts';
import { clientOf, gatewayMetadata, request } from '../support/test-client.ts';
import { assertion, newKey, proof } from '../support/test-key.ts';

/** An address of this computer in its network: whoever comes from there to another one of it comes from elsewhere. */
const own = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

describe('my home network, not encrypted', () => {
  let place: ServerPlace;
  let server: RunningServer;
  /** Whoever calls one address of this computer from another one comes, as the server sees it, from elsewhere. */
  const agent = (address: string, localAddress?: string): Agent =>
    new Agent({
      ...(localAddress !== undefined && { localAddress }),
      connect: {
        lookup: (_name, { all }, found) => (all ? found(null, [{ address, family: 4 }]) : found(null, address, 4)),
      },
    });
  const here = agent('127.0.0.1');
  const elsewhere = agent('127.0.0.1', own);
  const ask = (path: string, init: RequestInit = {}, from = elsewhere) =>
    request(server.issuer + path, { headers: { via: '1.1 elsewhere' }, ...init }, from);

  before(async () => {
    place = await serverPlace();
    const port = await freePort();
    server = await place.start({ port, host: 'every', issuer: `http://pi.test:${port}`, notEncrypted: true });
    await server.close();
  });
  beforeEach(async () => {
    server = await place.start({ port: server.port, host: 'every', issuer: server.issuer, notEncrypted: true });
  });
  afterEach(() => server.close());
  after(async () => {
    await Promise.all([here.close(), elsewhere.close()]);
    await place.remove();
  });

  it('is nothing that happens unasked', async () => {
    const port = await freePort();
    await assert.rejects(place.start({ port, issuer: `http://pi.test:${port}`, dir: `${place.dir}/x` }), {
      code: 'needs_encryption',
    });
  });

  it('says so on the pages that open on this computer', async () => {
    for (const path of ['/device', '/panic']) {
      const page = await ask(path, { headers: {} }, here);
      assert.deepEqual([page.status, String(page.body).includes('without encryption')], [200, true], path);
    }
  });

  it('answers no page and nothing of /api over the network, with a hint, whatever was sent', async () => {
    const json = { 'content-type': 'application/json', via: '1.1 elsewhere' };
    const body = JSON.stringify({ name: ownerName, password: ownerPassword });
    const signIn = await ask('/api/session', { method: 'POST', body, headers: json });
    assert.deepEqual(
      [signIn.status, signIn.body.error, signIn.headers.get('set-cookie')],
      [403, 'needs_encryption', null],
    );
    assert.match(signIn.body.hint, /read along/);
    for (const path of ['/api/home', '/api/setup', '/api/events', '/events', '/resources', '/permission', '/ends'])
      for (const method of ['GET', 'POST']) {
        const answer = await ask(path, { method });
        assert.ok([404, 405].includes(answer.status) || answer.body.error === 'needs_encryption', `${method} ${path}`);
      }
    for (const path of ['/', '/setup', '/device', '/panic', '/claims']) {
      const answer = await ask(path, { headers: { accept: 'text/html', via: '1.1 elsewhere' } });
      assert.equal(answer.status, 403, path);
      assert.match(String(answer.body), /read along/, path);
      assert.doesNotMatch(String(answer.body), /<form/, path);
    }
  });

  it('answers them on this computer, by loopback and by its name in the network', async () => {
    assert.equal((await ask('/', { headers: {} }, here)).status, 200);
    assert.equal((await ask('/api/home', { headers: {} }, here)).status, 401);
    if (own === undefined) return;
    const byName = new Agent({
      connect: { lookup: (_name, _options, found) => found(null, [{ address: own, family: 4 }]) },
    });
    assert.equal((await ask('/', { headers: {} }, byName)).status, 200);
    await byName.close();
  });

  it('takes no registration token and no gateway over the network', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x', via: '1.1 elsewhere' };
    const withToken = await ask('/reg', { method: 'POST', body: '{}', headers });
    assert.deepEqual([withToken.status, withToken.body.error], [403, 'needs_encryption']);
    const key = await newKey();
    const gateway = JSON.stringify({ ...gatewayMetadata, jwks: { keys: [key.publicJwk] } });
    const { authorization: _, ...open } = headers;
    assert.equal((await ask('/reg', { method: 'POST', body: gateway, headers: open })).status, 401);
  });

  it('answers a device: what the server is, its keys, and a token request with its assertion and proof', async () => {
    for (const path of ['/.well-known/uma2-configuration', '/jwks']) assert.equal((await ask(path)).status, 200);
    const key = await newKey();
    const register = { client_name: 'Thermostat', jwks: { keys: [key.publicJwk] } };
    const json = { 'content-type': 'application/json' };
    const registered = await ask('/reg', { method: 'POST', body: JSON.stringify(register), headers: json }, here);
    assert.equal(registered.status, 201);
    const client = clientOf(server.issuer, registered.body.client_id, key);
    const form = async (more: Record<string, string>) =>
      ask('/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
          ticket: 'none',
          ...more,
        }),
        headers: { via: '1.1 elsewhere', dpop: await proof(key, { method: 'POST', url: `${server.issuer}/token` }) },
      });
    const answered = await form({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(key, client.clientId, server.issuer),
    });
    assert.ok(['use_dpop_nonce', 'invalid_grant'].includes(answered.body.error), JSON.stringify(answered.body));
    assert.equal((await form({ client_id: client.clientId, client_secret: 'x' })).body.error, 'invalid_client');
  });
});
