import assert from 'node:assert/strict';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, type OutsideClient } from './outside-client.ts';

describe('owner API: shares', () => {
  let server: AServer;
  let owner: SignedIn;
  let gateway: OutsideClient & { pat: string };
  let resource: string;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    gateway = await aGateway(server.issuer, owner);
    resource = await aResource(gateway);
  });
  after(() => server.end());

  const wish = (device: string, more = {}) => ({
    resource,
    party: { kind: 'device', id: device },
    scopes: ['start'],
    ...more,
  });

  it('is changed only from what was read of it, where that is said: nobody gives back unseen what another took', async () => {
    const device = await aDevice(server.issuer);
    const { body } = await owner.api('POST', '/api/shares', wish(device, { scopes: ['start', 'stop'] }));
    const path = `/api/shares/${body.id}`;
    assert.equal((await owner.api('PATCH', path, { scopes: ['start'], version: 1 })).status, 200);
    const late = await owner.api('PATCH', path, { scopes: ['start', 'stop'], conditions: {}, version: 1 });
    assert.deepEqual([late.status, late.body.error], [409, 'share_changed']);
    assert.equal((await owner.api('PATCH', path, { scopes: ['start'], version: '2' })).status, 400);
    const { items } = (await owner.api('GET', '/api/shares')).body;
    assert.deepEqual(items.find(({ id }: { id: string }) => id === body.id).scopes, ['start']);
    assert.equal((await owner.api('PATCH', path, { scopes: ['stop'], version: 2 })).status, 200);
    await owner.api('DELETE', path);
    assert.equal((await owner.api('PATCH', path, { scopes: ['stop'], version: 2 })).body.error, 'share_ended');
  });

  it('granted, listed, changed, withdrawn: each with its sentence', async () => {
    const device = await aDevice(server.issuer);
    const until = Math.floor(Date.now() / 1000) + 3600;
    const granted = await owner.api('POST', '/api/shares', wish(device, { conditions: { until } }));
    assert.equal(granted.status, 201, granted.text);
    const { id, version, sentence, partyName } = granted.body;
    assert.match(id, /^sh_/);
    assert.deepEqual([version, partyName, granted.body.owner], [1, 'Thermostat', 'alice']);
    assert.match(sentence, /^Thermostat may start Dishwasher until \w+ \d\d:\d\d$/);
    const listed = await owner.api('GET', '/api/shares');
    assert.deepEqual(listed.body.items, [granted.body]);

    const changed = await owner.api('PATCH', `/api/shares/${id}`, { scopes: ['start', 'stop'], conditions: {} });
    assert.deepEqual([changed.status, changed.body.version], [200, 2]);
    assert.equal(changed.body.sentence, 'Thermostat may start and stop Dishwasher');

    const ended = await owner.api('DELETE', `/api/shares/${id}`);
    assert.equal(ended.status, 200);
    assert.deepEqual(ended.body.revoked, [{ share: id, device, resource, scopes: ['start', 'stop'] }]);
    assert.deepEqual([ended.body.gateways, ended.body.unconfirmed], [[], [gateway.clientId]]);
    assert.ok(Number.isInteger(ended.body.at));
    assert.deepEqual((await owner.api('GET', '/api/shares')).body.items, []);

    const again = await owner.api('DELETE', `/api/shares/${id}`);
    assert.deepEqual([again.status, again.body.at], [200, ended.body.at], 'revoking twice is no mistake');
    assert.equal((await owner.api('PATCH', `/api/shares/${id}`, { scopes: ['start'] })).body.error, 'share_ended');
    const anew = await owner.api('POST', '/api/shares', wish(device));
    assert.notEqual(anew.body.id, id);
    const receipts = (await owner.api('GET', '/api/receipts')).body.items;
    const own = receipts.filter((receipt: { target: { share: string } }) => receipt.target.share === id);
    assert.deepEqual([own.length, own[0].gateways, own[0].unconfirmed], [1, [], [gateway.clientId]]);
    const acknowledged = await gateway.api(gateway.pat, 'POST', '/events/ack', { number: 1_000 });
    assert.equal(acknowledged.status, 204, acknowledged.text);
    const later = (await owner.api('GET', '/api/receipts')).body.items[0];
    assert.deepEqual([later.id, later.gateways[0].id, later.unconfirmed], [own[0].id, gateway.clientId, []]);
    assert.ok(later.gateways[0].ms >= 0);
  });

  it('are listed without sentences for whoever makes their own', async () => {
    const plain = (await owner.api('GET', '/api/shares?sentences=no')).body.items;
    const told = (await owner.api('GET', '/api/shares')).body.items;
    assert.ok(plain.length > 0 && plain.every((share: object) => !('sentence' in share)));
    assert.deepEqual(
      plain,
      told.map(({ sentence: _, ...share }: { sentence: string }) => share),
    );
    assert.equal((await owner.api('GET', '/api/shares?sentences=perhaps')).status, 400);
  });

  it('naming an unclaimed device accepts it', async () => {
    const device = await aDevice(server.issuer, 'Lamp');
    const waiting = (await owner.api('GET', '/api/devices?claimed=no')).body.items;
    const { callsItself, state, fingerprint } = waiting.find((one: { id: string }) => one.id === device);
    assert.deepEqual([callsItself, state, fingerprint.length], ['Lamp', 'provisioned', 43]);
    await owner.api('POST', '/api/shares', wish(device));
    const mine = (await owner.api('GET', '/api/devices')).body.items.find((one: { id: string }) => one.id === device);
    assert.deepEqual([mine.owner, mine.state], ['alice', 'active']);
  });

  it('what this server would not evaluate is refused, never skipped', async () => {
    const device = await aDevice(server.issuer);
    const refused = async (error: string, more: object) => {
      const answer = await owner.api('POST', '/api/shares', wish(device, more));
      assert.equal(answer.body.error, error, answer.text);
      assert.ok(answer.body.hint.length > 10);
      return answer.status;
    };
    assert.equal(await refused('not_supported', { conditions: { onlyOnSundays: true } }), 400);
    const window = { days: [1], from: '08:00', to: '18:00' };
    for (const weekly of [
      { timeZone: 'UTC', windows: [] },
      { timeZone: 'UTC', windows: Array.from({ length: 51 }, () => window) },
      { timeZone: 'UTC', windows: [{ ...window, days: [8] }] },
      { timeZone: 'UTC', windows: [{ ...window, to: '08:00' }] },
      { timeZone: 'UTC', windows: [{ ...window, butNot: 'Christmas' }] },
      { timeZone: 'Europe/Atlantis', windows: [window] },
    ])
      await refused('invalid_request', { conditions: { weekly } });
    await refused('invalid_request', { conditions: { once: false } });
    await refused('invalid_request', { conditions: { ownKeyOnly: 1 } });
    assert.equal(await refused('person_unknown', { party: { kind: 'person', id: 'nobody' } }), 404);
    await refused('invalid_request', { untill: 5 });
    await refused('invalid_request', { conditions: [] });
    await refused('invalid_request', { conditions: { until: '2030' } });
    await refused('invalid_request', { scopes: 'start' });
    await refused('invalid_request', { party: { kind: 'device', id: device, more: 1 } });
    await refused('scope_unknown', { scopes: ['explode'] });
    assert.equal(await refused('resource_unknown', { resource: 'res_x' }), 404);
    assert.equal(await refused('device_unknown', { party: { kind: 'device', id: 'nobody' } }), 404);
    const device2 = (await owner.api('GET', '/api/devices?claimed=no')).body.items.some(
      (one: { id: string }) => one.id === device,
    );
    assert.equal(device2, true, 'a refused share claims nothing');
  });

  it('a connected gateway acknowledges before the answer', async () => {
    const device = await aDevice(server.issuer);
    const { id } = (await owner.api('POST', '/api/shares', wish(device))).body;
    const heard = listen(gateway, server.issuer);
    await heard.connected;
    const ended = await owner.api('DELETE', `/api/shares/${id}`);
    assert.deepEqual(ended.body.unconfirmed, []);
    assert.equal(ended.body.gateways[0].id, gateway.clientId);
    assert.equal((await owner.api('GET', '/api/gateways')).body.items[0].connected, true);
    heard.stop();
  });

  it('lists come in parts', async () => {
    const first = await owner.api('GET', '/api/shares?limit=1');
    assert.equal(first.body.items.length, 1);
    const seen = new Set<string>();
    let next: string | undefined = '';
    while (next !== undefined) {
      const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
      const part = await owner.api('GET', `/api/shares?limit=1${after}`);
      for (const { id } of part.body.items) seen.add(id);
      next = part.body.next;
    }
    assert.equal(seen.size, (await owner.api('GET', '/api/home')).body.counts.shares);
  });

  it('history tells what was done, newest first, in parts', async () => {
    const { items, next } = (await owner.api('GET', '/api/history?limit=3')).body;
    assert.equal(items.length, 3);
    const older = (await owner.api('GET', `/api/history?limit=500&after=${next}`)).body.items;
    assert.ok(older[0].number < items[2].number);
    const all = [...items, ...older].map(({ what }: { what: string }) => what);
    for (const what of ['owner_made', 'device_claimed', 'share_granted', 'share_changed', 'share_ended'])
      assert.ok(all.includes(what), what);
  });
});

/** Follows `/events` and acknowledges each. */
function listen(gateway: OutsideClient & { pat: string }, issuer: string) {
  const stopping = new AbortController();
  let ready = () => {};
  const connected = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const follow = async () => {
    const headers = await gateway.headers(gateway.pat, 'GET', '/events');
    const response = await fetch(`${issuer}/events`, { headers, signal: stopping.signal });
    assert.equal(response.status, 200);
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      ready();
      for (const [, number] of decoder.decode(chunk).matchAll(/^id: (\d+)$/gm))
        await gateway.api(gateway.pat, 'POST', '/events/ack', { number: Number(number) });
    }
  };
  const following = follow().catch((error) => assert.equal(error.name, 'AbortError', String(error)));
  return { connected, stop: () => stopping.abort(), following };
}
