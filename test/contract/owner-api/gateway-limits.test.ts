import assert from 'node:assert/strict';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, aWaitingGateway } from './outside-client.ts';

const ALL = 'uma_protection shares:read shares:reduce shares:grant';

describe('owner API: what a gateway may do for its owner', () => {
  let server: AServer;
  let owner: SignedIn;
  let lamp: string;
  let oven: string;
  let device: string;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    const home = await aGateway(server.issuer, owner);
    [lamp, oven] = [await aResource(home, 'Lamp'), await aResource(home, 'Oven')];
    device = await aDevice(server.issuer);
  });
  after(() => server.end());

  const connected = async (limits: object = {}) => {
    const gateway = await aWaitingGateway(server.issuer, ALL);
    const approved = await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, limits);
    assert.equal(approved.status, 200, approved.text);
    const { access_token: token } = (await gateway.poll()).body;
    const ask = (resource: string) => {
      const wish = { resource, party: { kind: 'device', id: device }, scopes: ['start'] };
      return gateway.api(token, 'POST', '/api/shares', wish);
    };
    const share = async (resource: string) => (await ask(resource)).status;
    const change = (less: object) => owner.api('PATCH', `/api/gateways/${gateway.clientId}`, less);
    return { ...gateway, token, ask, share, change };
  };
  const shown = async (id: string) =>
    (await owner.api('GET', '/api/gateways')).body.items.find((one: { id: string }) => one.id === id);

  it('is narrowed while it runs, and holds from its next request on', async () => {
    const gateway = await connected();
    assert.equal(await gateway.share(lamp), 201);
    const narrowed = await gateway.change({ resources: [oven] });
    assert.deepEqual([narrowed.status, narrowed.body.resources], [200, [oven]]);
    assert.equal((await shown(gateway.clientId)).resources[0], oven);
    assert.deepEqual([await gateway.share(lamp), await gateway.share(oven)], [403, 201]);
    assert.equal((await gateway.change({ resources: null })).body.resources, undefined);
    assert.equal(await gateway.share(lamp), 200, 'what it shared before stayed shared');
    await gateway.change({ resources: [oven] });
    const { body } = await gateway.ask(lamp);
    assert.equal(body.error, 'beyond_limit', 'which no new code would help');
    assert.match(body.hint, /some things only/);
  });

  it('is taken back scope by scope, and given again only by a new code', async () => {
    const gateway = await connected({ resources: [lamp] });
    assert.deepEqual((await gateway.change({ scopes: ['shares:read', 'shares:reduce'] })).body.scopes, [
      'shares:read',
      'shares:reduce',
    ]);
    assert.equal(await gateway.share(lamp), 403);
    assert.equal((await gateway.api(gateway.token, 'GET', '/api/shares')).status, 200);
    assert.deepEqual((await gateway.change({ scopes: [] })).body.scopes, []);
    assert.equal((await gateway.api(gateway.token, 'GET', '/api/shares')).status, 403);
    const more = await gateway.change({ scopes: ['shares:read'] });
    assert.deepEqual([more.status, more.body.error], [400, 'scope_unknown']);
  });

  it('is its owner’s to change: no gateway’s, no other owner’s, and for no foreign thing', async () => {
    const gateway = await connected();
    const path = `/api/gateways/${gateway.clientId}`;
    assert.equal((await gateway.api(gateway.token, 'PATCH', path, { resources: null })).status, 403);
    await owner.api('POST', '/api/people', { name: 'Carol', password: 'a home of her own', kind: 'owner' });
    const carol = await signIn(server.issuer, 'Carol', 'a home of her own');
    assert.equal((await carol.api('PATCH', path, { scopes: [] })).status, 404);
    const hers = await aResource(await aGateway(server.issuer, carol), 'Hers');
    for (const foreign of [hers, 'res_nothing'])
      assert.equal((await gateway.change({ resources: [foreign] })).body.error, 'resource_unknown');
    for (const odd of [{}, { scopes: null }, { resources: 'all' }, { name: 'Mine' }])
      assert.equal((await gateway.change(odd)).status, 400, JSON.stringify(odd));
    assert.deepEqual((await shown(gateway.clientId)).scopes, ['shares:read', 'shares:reduce', 'shares:grant']);
  });

  it('keeps its limit when it asks anew, as after a panic, until its owner lifts it', async () => {
    const gateway = await connected({ resources: [lamp] });
    const askAnew = async (answer: object) => {
      const { user_code: userCode } = (await gateway.deviceAuthorization(ALL)).body;
      const { text } = await call(server.issuer, 'GET', `/device?user_code=${userCode}`);
      const isTold = text.includes('What you limited that to stays as it is.');
      assert.equal(isTold, (await shown(gateway.clientId)).resources !== undefined);
      const approved = await owner.api('POST', `/api/codes/${userCode}/approve`, answer);
      return approved.body.resources;
    };
    assert.deepEqual(await askAnew({}), [lamp]);
    assert.equal(await gateway.share(oven), 403);
    assert.deepEqual(await askAnew({ resources: [oven] }), [oven]);
    assert.equal(await askAnew({ resources: null }), undefined);
    assert.equal((await shown(gateway.clientId)).resources, undefined);
  });

  it('is written in the history, with what it may since', async () => {
    const gateway = await connected();
    const written = async (change: object) => {
      await gateway.change(change);
      const [line] = (await owner.api('GET', '/api/history')).body.items;
      assert.deepEqual([line.what, line.by.kind], ['gateway_changed', 'owner']);
      return line.values;
    };
    const who = { gateway: gateway.clientId, name: 'Node-RED' };
    const limit = { ...who, scopes: 'shares:grant', resources: `${lamp} ${oven}` };
    assert.deepEqual(await written({ scopes: ['shares:grant'], resources: [lamp, oven] }), limit);
    assert.deepEqual(await written({ resources: null }), { ...limit, resources: '*' });
    assert.deepEqual(await written({ scopes: [] }), { ...who, scopes: '', resources: '*' });
  });

  it('is shown as not in force once everything was stopped, until it is let in anew', async () => {
    const gateway = await connected();
    await owner.api('POST', '/api/panic', {});
    assert.equal((await shown(gateway.clientId)).asksAnew, true);
    await owner.api('DELETE', '/api/panic', { password: PASSWORD });
    assert.equal((await shown(gateway.clientId)).asksAnew, true, 'also when everything goes on');
    const { user_code: userCode } = (await gateway.deviceAuthorization(ALL)).body;
    await owner.api('POST', `/api/codes/${userCode}/approve`, {});
    assert.equal('asksAnew' in (await shown(gateway.clientId)), false);
  });

  it('can be limited on the owner’s pages: the plain ones lead there, and tell strangers of no thing', async () => {
    const { userCode } = await aWaitingGateway(server.issuer, ALL);
    const { text } = await call(server.issuer, 'GET', `/device?user_code=${userCode}`);
    assert.ok(text.includes(`href="/#/code/${userCode}"`));
    for (const name of ['Lamp', 'Oven']) assert.equal(text.includes(name), false);
  });
});
