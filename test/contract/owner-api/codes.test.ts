import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, aWaitingGateway } from './outside-client.ts';

const ALL = 'uma_protection shares:read shares:reduce shares:grant';

describe('owner API: a gateway’s way in, and acting with its token', () => {
  let server: AServer;
  let owner: SignedIn;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  after(() => server.end());

  it('RFC 8628 3.3: the owner sees who waits, approves, and the next poll succeeds', async () => {
    const gateway = await aWaitingGateway(server.issuer, ALL);
    assert.match(gateway.userCode, /^[A-Z]{4}-[A-Z]{4}$/);
    assert.equal((await gateway.poll()).body.error, 'authorization_pending');
    const typed = gateway.userCode.toLowerCase().replace('-', '%20');
    const { clientId, name, fingerprint, scopes, from } = (await owner.api('GET', `/api/codes/${typed}`)).body;
    assert.deepEqual([clientId, name, from], [gateway.clientId, 'Node-RED', '127.0.0.1']);
    assert.deepEqual([scopes.join(' '), fingerprint.length], [ALL, 43]);
    const approved = await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    assert.equal(approved.status, 200, approved.text);
    const { access_token: token } = (await gateway.poll()).body;
    assert.equal((await gateway.api(token, 'GET', '/api/home')).body.owner, 'alice');
    assert.equal((await owner.api('GET', `/api/codes/${gateway.userCode}`)).status, 404, 'a code works once');
    assert.equal((await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {})).status, 404);
  });

  it('a denied gateway hears it', async () => {
    const gateway = await aWaitingGateway(server.issuer, ALL);
    assert.equal((await owner.api('POST', `/api/codes/${gateway.userCode}/deny`)).status, 204);
    assert.equal((await gateway.poll()).body.error, 'access_denied');
  });

  it('a token does what it was given, and nothing that only the owner may', async () => {
    const gateway = await aWaitingGateway(server.issuer, ALL);
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, { scopes: ['uma_protection', 'shares:read'] });
    const { access_token: token } = (await gateway.poll()).body;
    assert.equal((await gateway.api(token, 'GET', '/api/shares')).status, 200);
    const wish = { resource: 'res_x', party: { kind: 'device', id: 'x' }, scopes: ['start'] };
    const forbidden = [
      await gateway.api(token, 'POST', '/api/shares', wish),
      await gateway.api(token, 'POST', '/api/panic'),
      await gateway.api(token, 'POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 9 }),
      await gateway.api(token, 'GET', '/api/sessions'),
      await gateway.api(token, 'GET', '/api/codes/AAAA-BBBB'),
      await gateway.api(token, 'DELETE', '/api/panic', { password: 'whatever it is' }),
    ];
    for (const answer of forbidden) assert.deepEqual([answer.status, answer.body.error], [403, 'insufficient_scope']);
  });

  it('granting may be limited to resources; reducing is not', async () => {
    const home = await aGateway(server.issuer, owner);
    const [mine, others] = [await aResource(home, 'Mine'), await aResource(home, 'Others')];
    const gateway = await aWaitingGateway(server.issuer, ALL);
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, { resources: [mine] });
    const { access_token: token } = (await gateway.poll()).body;
    const device = await aDevice(server.issuer);
    const wish = (resource: string) => ({ resource, party: { kind: 'device', id: device }, scopes: ['start'] });
    assert.equal((await gateway.api(token, 'POST', '/api/shares', wish(others))).status, 403);
    const granted = await gateway.api(token, 'POST', '/api/shares', wish(mine));
    assert.equal(granted.status, 201, granted.text);
    assert.deepEqual(granted.body.by, { kind: 'gateway', gateway: gateway.clientId, owner: 'alice' });

    const { id } = (await owner.api('POST', '/api/shares', { ...wish(others), scopes: ['start', 'stop'] })).body;
    const narrower = await gateway.api(token, 'PATCH', `/api/shares/${id}`, { scopes: ['stop'] });
    assert.deepEqual(narrower.body.scopes, ['stop']);
    const wider = await gateway.api(token, 'PATCH', `/api/shares/${id}`, { scopes: ['start', 'stop'] });
    assert.equal(wider.status, 403);
    assert.equal((await gateway.api(token, 'DELETE', `/api/shares/${id}`)).status, 200);
    const history = (await owner.api('GET', '/api/history')).body.items;
    const line = history.find(
      (one: { share?: string; what: string }) => one.share === id && one.what === 'share_ended',
    );
    assert.equal(line.by.gateway, gateway.clientId, 'the history says who acted');
  });

  it('a gateway stopped while its request is under way grants nothing any more', async () => {
    const home = await aGateway(server.issuer, owner);
    const resource = await aResource(home);
    const gateway = await aWaitingGateway(server.issuer, ALL);
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    const { access_token: token } = (await gateway.poll()).body;
    const device = await aDevice(server.issuer);
    await gateway.api(token, 'GET', '/api/home');
    const body = JSON.stringify({ resource, party: { kind: 'device', id: device }, scopes: ['start'] });
    const headers = { ...(await gateway.headers(token, 'POST', '/api/shares')), 'content-type': 'application/json' };
    const granting = http.request(`${server.issuer}/api/shares`, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length, expect: '100-continue' },
    });
    granting.flushHeaders();
    // The server has the headers, and has found out who asks.
    await once(granting, 'continue');
    assert.equal((await owner.api('DELETE', `/api/gateways/${gateway.clientId}`)).status, 200);
    granting.end(body);
    const [answer] = await once(granting, 'response');
    answer.resume();
    assert.equal(answer.statusCode, 401);
    const shares = (await owner.api('GET', '/api/shares')).body.items;
    assert.equal(
      shares.some((share: { party: { id: string } }) => share.party.id === device),
      false,
    );
  });
});
