/** Authority that is taken back while the rest of a request is still on its way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AServer, aServer, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, aWaitingGateway, newKeys, type OutsideClient } from './outside-client.ts';

const everything = 'uma_protection shares:read shares:reduce shares:grant';

describe('a request whose body is still on its way', () => {
  let server: AServer;
  let owner: SignedIn;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  after(() => server.end());

  /** Sends everything but the body, and returns once the server has begun with it. */
  async function begin(client: OutsideClient, token: string, path: string, body: object) {
    // The nonce is learnt first: this request has only one try.
    await client.api(token, 'GET', path);
    const headers = { ...(await client.headers(token, 'POST', path)), expect: '100-continue' };
    const sending = request(server.issuer + path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': JSON.stringify(body).length },
    });
    sending.flushHeaders();
    await once(sending, 'continue');
    return async (): Promise<number> => {
      sending.end(JSON.stringify(body));
      const [response] = (await once(sending, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
  }

  const shares = async () => (await owner.api('GET', '/api/shares')).body.items.length;

  it('grants nothing once its owner gave the gateway less', async () => {
    const resource = await aResource(await aGateway(server.issuer, owner));
    const party = { kind: 'device', id: await aDevice(server.issuer) };
    const gateway = await aWaitingGateway(server.issuer, everything);
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    const token = (await gateway.poll()).body.access_token;
    const finish = await begin(gateway, token, '/api/shares', { resource, party, scopes: ['start'] });
    const { body } = await gateway.deviceAuthorization(everything);
    await owner.api('POST', `/api/codes/${body.user_code}/approve`, { scopes: ['uma_protection', 'shares:read'] });
    assert.equal(await finish(), 403);
    assert.equal(await shares(), 0);
  });

  it('grants nothing once its owner has taken that back, or limited it to other things', async () => {
    const resource = await aResource(await aGateway(server.issuer, owner));
    const party = { kind: 'device', id: await aDevice(server.issuer) };
    for (const less of [{ scopes: ['shares:read'] }, { resources: [] }]) {
      const gateway = await aWaitingGateway(server.issuer, everything);
      await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
      const token = (await gateway.poll()).body.access_token;
      const finish = await begin(gateway, token, '/api/shares', { resource, party, scopes: ['start'] });
      assert.equal((await owner.api('PATCH', `/api/gateways/${gateway.clientId}`, less)).status, 200);
      assert.equal(await finish(), 403);
    }
    assert.equal(await shares(), 0);
  });

  it('grants nothing after a panic, even one that is over', async () => {
    const resource = await aResource(await aGateway(server.issuer, owner));
    const party = { kind: 'device', id: await aDevice(server.issuer) };
    const gateway = await aWaitingGateway(server.issuer, everything);
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    const token = (await gateway.poll()).body.access_token;
    const finish = await begin(gateway, token, '/api/shares', { resource, party, scopes: ['start'] });
    await owner.api('POST', '/api/panic');
    await owner.api('DELETE', '/api/panic', { password: PASSWORD });
    assert.equal(await finish(), 401);
    assert.equal(await shares(), 0);
  });

  it('registers no device and no resource of a gateway that was stopped', async () => {
    const gateway = await aGateway(server.issuer, owner);
    const { jwk } = await newKeys();
    const device = await begin(gateway, gateway.pat, '/reg', { client_name: 'Ghost', jwks: { keys: [jwk] } });
    const resource = await begin(gateway, gateway.pat, '/resources', { name: 'Ghost', resource_scopes: ['start'] });
    await owner.api('DELETE', `/api/gateways/${gateway.clientId}`);
    assert.deepEqual([await device(), await resource()], [401, 401]);
    for (const list of ['devices', 'resources']) {
      const { items } = (await owner.api('GET', `/api/${list}`)).body;
      assert.ok(!items.some((item: { gateway?: string }) => item.gateway === gateway.clientId));
    }
  });
});
