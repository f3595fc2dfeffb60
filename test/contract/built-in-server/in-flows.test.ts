/** A gateway tells what of its own is in its flows; its owner sees what no longer is. */
import assert from 'node:assert/strict';
import { connectGateway, type Home, openHome } from '../support/home.ts';
import { sendRaw } from '../support/raw-request.ts';
import { clientOf, type TestClient } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';

describe('PUT /in-flows', () => {
  let home: Home;
  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  const tell = (body: unknown, gateway = home.gateway, pat = home.pat) => gateway.call('PUT', '/in-flows', pat, body);
  const ownDevice = async (): Promise<TestClient> => {
    const key = await newKey();
    const { body } = await home.gateway.call('POST', '/reg', home.pat, { jwks: { keys: [key.publicJwk] } });
    return clientOf(home.issuer, body.client_id, key);
  };
  const listed = async (path: '/api/devices' | '/api/resources', id: string) =>
    (await home.owner.call('GET', path)).body.items.find((one: { id: string }) => one.id === id);
  const left = async () => (await home.owner.call('GET', '/api/home')).body.counts.leftFlow;

  it('shows the owner devices and resources that no flow has any more; of an outside device nothing is said', async () => {
    const [kept, gone, outside] = [await ownDevice(), await ownDevice(), await home.stranger()];
    await home.share(outside);
    assert.equal('inFlow' in (await listed('/api/devices', gone.clientId)), false, 'before it has said so');
    const said = await tell({ devices: [kept.clientId, outside.clientId], resources: [] });
    assert.deepEqual([said.status, said.body], [204, '']);
    assert.equal((await listed('/api/devices', kept.clientId)).inFlow, true);
    assert.equal((await listed('/api/devices', gone.clientId)).inFlow, false);
    assert.equal('inFlow' in (await listed('/api/devices', outside.clientId)), false);
    assert.equal((await listed('/api/resources', home.resource)).inFlow, false);
    assert.equal(await left(), 2);
    await home.gateway.call('PUT', `/resources/${home.resource}`, home.pat, { name: 'd', resource_scopes: ['start'] });
    assert.equal((await listed('/api/resources', home.resource)).inFlow, false, 'described anew it is where it was');
    await tell({ devices: [kept.clientId, gone.clientId], resources: [home.resource] });
    assert.equal(await left(), 0);
  });

  it('another gateway says nothing of what is not its own', async () => {
    const device = await ownDevice();
    await tell({ devices: [device.clientId], resources: [home.resource] });
    const other = await connectGateway(home.issuer, home.owner, 'another');
    assert.equal((await tell({ devices: [], resources: [] }, other, await other.pat())).status, 204);
    assert.equal((await listed('/api/devices', device.clientId)).inFlow, true);
    assert.equal((await listed('/api/resources', home.resource)).inFlow, true);
  });

  it('refuses what is no list of ids, and whoever is no gateway with an owner', async () => {
    const bad = [{}, { devices: [] }, { devices: 'all', resources: [] }, { devices: [7], resources: [] }];
    const long = { devices: ['x'.repeat(201)], resources: [] };
    for (const body of [...bad, long, []]) assert.equal((await tell(body)).status, 400, JSON.stringify(body));
    assert.equal((await tell({ devices: Array(10_001).fill('x'), resources: [] })).status, 400);
    assert.equal((await tell({ devices: Array(6_000).fill('x'.repeat(200)), resources: [] })).status, 413);
    const device = await ownDevice();
    assert.equal((await tell({ devices: [], resources: [] }, device, 'none')).status, 401);
  });

  it('holds a home of ten thousand devices and as many resources', async () => {
    const [kept, gone] = [await ownDevice(), await ownDevice()];
    const others = (prefix: string) =>
      Array.from({ length: 9_999 }, (_, n) => `${prefix}_${String(n).padStart(22, '0')}`);
    const there = {
      devices: [...others('dev'), kept.clientId],
      resources: [...others('res'), home.resource],
    };
    assert.equal((await tell(there)).status, 204);
    const [one, other] = [await listed('/api/devices', kept.clientId), await listed('/api/devices', gone.clientId)];
    assert.deepEqual([one.inFlow, other.inFlow], [true, false]);
    assert.equal((await listed('/api/resources', home.resource)).inFlow, true);
  });

  it('of whoever shows no token of a gateway, no more is awaited than of anybody', async () => {
    const announce = (headers: [string, string][]) =>
      sendRaw(Number(new URL(home.issuer).port), {
        ...{ method: 'PUT', target: '/in-flows' },
        headers: [
          ['Host', new URL(home.issuer).host],
          ['Content-Type', 'application/json'],
          ['Content-Length', '500000'],
          ...headers,
        ],
      });
    const stopped = await connectGateway(home.issuer, home.owner, 'a stopped one');
    const pat = await stopped.pat();
    await home.owner.call('DELETE', `/api/gateways/${stopped.clientId}`);
    for (const token of [undefined, 'made-up', pat]) {
      const answer = await announce(token === undefined ? [] : [['Authorization', `DPoP ${token}`]]);
      assert.equal(answer !== 'closed' && answer.status, 401, token);
    }
  });

  it('a gateway that goes round and round is told to wait', async () => {
    const limited = await openHome({ rateLimits: true });
    try {
      const statuses = [];
      for (let n = 0; n < 22; n += 1)
        statuses.push(
          (await limited.gateway.call('PUT', '/in-flows', limited.pat, { devices: [], resources: [] })).status,
        );
      assert.deepEqual([statuses[0], statuses.at(-1)], [204, 429]);
    } finally {
      await limited.close();
    }
  });
});
