/** Conditions of a share, as they are seen on the wire by devices and resource servers. */
import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { hoursAround, otherHours } from '../../support/hours.ts';
import { type Home, openHome } from '../support/home.ts';
import { type Reply, registerClient, type TestClient, umaGrant } from '../support/test-client.ts';

interface WirePermission {
  resource_id: string;
  exp: number;
  share: string;
  once?: boolean;
  window_end?: number;
}

function permissionsOf(reply: Reply): WirePermission[] {
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return decodeJwt(reply.body.access_token).permissions as WirePermission[];
}

describe('conditions of a share, on the wire', () => {
  let home: Home;
  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  const introspect = (token: string) =>
    home.gateway.call('POST', '/token/introspection', home.pat, new URLSearchParams({ token }));
  const requestsOf = async ({ clientId }: TestClient) => {
    const { items } = (await home.owner.call('GET', '/api/requests')).body;
    return items.filter((one: { device: string }) => one.device === clientId);
  };
  const used = (share: string, id = `used ${share}`, by = home.gateway, pat = home.pat) =>
    by.call('POST', '/ends', pat, { id, target: { share }, kind: 'used' });

  it('G 3.3.5, F 5.1.1: a token for one message lives a minute and says so, and there is one at a time', async () => {
    const device = await home.stranger();
    const share = await home.share(device, { conditions: { once: true } });
    const reply = await device.rpt(await home.ticket());
    assert.equal(reply.body.expires_in, 60);
    const [permission] = permissionsOf(reply);
    assert.deepEqual([permission?.share, permission?.once], [share, true]);
    const { body } = await introspect(reply.body.access_token);
    assert.deepEqual(body.permissions, [permission]);
    const another = await device.rpt(await home.ticket());
    assert.deepEqual([another.status, another.body.error], [403, 'request_denied']);
    assert.match(another.body.error_description, /not for now/);
    assert.deepEqual(await requestsOf(device), []);
  });

  it('F 5.1.1: once the gateway says that it is used, the share has ended for ever, and its owner sees why', async () => {
    const device = await home.stranger('kettle');
    const share = await home.share(device, { conditions: { once: true } });
    const other = await home.share(device, { scopes: ['stop'] });
    const reply = await device.rpt(await home.ticket());
    const done = await used(share);
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual(
      done.body.ended.map((one: { share: string }) => one.share),
      [share],
    );
    assert.deepEqual((await used(share)).body.at, done.body.at, 'told twice, it is one end');
    assert.equal((await introspect(reply.body.access_token)).body.active, false);
    const listed = (await home.owner.call('GET', '/api/shares')).body.items.map((one: { id: string }) => one.id);
    assert.deepEqual([listed.includes(share), listed.includes(other)], [false, true]);
    const [line] = (await home.owner.call('GET', '/api/history?limit=1')).body.items;
    assert.deepEqual([line.what, line.why, line.share], ['share_ended', 'used_up', share]);
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_submitted', 'and it may ask again');
    assert.equal((await requestsOf(device)).length, 1);
  });

  it('only the resource’s own gateway can say that a share is used, and only of one for one message', async () => {
    const device = await home.stranger();
    const [once, always] = [await home.share(device, { conditions: { once: true } }), await home.share(device)];
    assert.deepEqual((await used(always)).body.ended, []);
    const wrong = await home.gateway.call('POST', '/ends', home.pat, {
      ...{ id: 'x', kind: 'used' },
      target: { device: device.clientId },
    });
    assert.deepEqual([wrong.status, wrong.body.error], [400, 'invalid_request']);
    const alive = (await home.owner.call('GET', '/api/shares')).body.items.map((one: { id: string }) => one.id);
    assert.ok(alive.includes(once) && alive.includes(always));
  });

  it('G 3.3.5: within its hours a share gives a token that ends with them and says when that is', async () => {
    const device = await home.stranger();
    const { weekly, end } = hoursAround(5, 2);
    await home.share(device, { conditions: { weekly } });
    const [permission] = permissionsOf(await device.rpt(await home.ticket()));
    assert.deepEqual([permission?.exp, permission?.window_end], [end, end]);
  });

  it('G 3.6: what is for one message is never renewed, and what has hours only within them', async () => {
    const device = await registerClient(home.issuer, { grant_types: [umaGrant, 'refresh_token'] });
    const refresh = (reply: Reply) =>
      device.token({ grant_type: 'refresh_token', refresh_token: reply.body.refresh_token });
    await home.share(device, { conditions: { once: true } });
    assert.equal((await device.rpt(await home.ticket())).body.refresh_token, undefined);
    const { weekly, end } = hoursAround(5, 2);
    const share = await home.share(device, { scopes: ['stop'], conditions: { weekly } });
    const given = await device.rpt(await home.ticket(['stop']));
    const [renewed] = permissionsOf(await refresh(given));
    assert.deepEqual([renewed?.exp, renewed?.window_end, renewed?.share], [end, end, share]);
    await home.owner.call('PATCH', `/api/shares/${share}`, { conditions: { once: true } });
    assert.equal((await refresh(given)).body.error, 'invalid_grant');
  });

  it('G 3.3.6: outside its hours the device is denied, without a ticket and without asking the owner', async () => {
    const device = await home.stranger();
    await home.share(device, { conditions: { weekly: otherHours() } });
    const reply = await device.rpt(await home.ticket());
    assert.deepEqual([reply.status, reply.body.error, reply.body.ticket], [403, 'request_denied', undefined]);
    assert.deepEqual(await requestsOf(device), []);
  });

  it('approving a request with conditions closes it, also where they do not hold at the moment', async () => {
    const device = await home.stranger('mixer');
    await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
    await device.rpt(await home.ticket());
    const [{ id }] = await requestsOf(device);
    const conditions = { weekly: otherHours(), once: true };
    const approved = await home.owner.call('POST', `/api/requests/${id}/approve`, { conditions });
    assert.deepEqual([approved.status, approved.body.conditions], [201, conditions]);
    assert.deepEqual(await requestsOf(device), []);
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_denied');
  });
});
