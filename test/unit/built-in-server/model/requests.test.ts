import assert from 'node:assert/strict';
import { aHome, alice, device, wish } from './a-home.ts';

const HOUR_MS = 3_600_000;
const ask = { device: 'thermostat', resource: 'dishwasher', scopes: ['start'] };

function submitted(home: ReturnType<typeof aHome>, some = {}): string {
  const made = home.model.requests.submit({ ...ask, ...some });
  assert.notEqual(made, 'refused');
  return typeof made === 'string' ? '' : made.id;
}

describe('requests', () => {
  it('one is open per device and resource; a repeat joins it', () => {
    const home = aHome();
    const first = submitted(home);
    assert.equal(submitted(home), first);
    assert.equal(home.model.requests.list('bob').length, 0);
  });

  it('one that asks for more comes anew, so that nobody approves what they have not read', () => {
    const home = aHome();
    const read = submitted(home);
    const wider = submitted(home, { scopes: ['stop'] });
    assert.notEqual(wider, read);
    assert.throws(() => home.model.requests.approve(read, {}, alice), { code: 'request_closed' });
    assert.deepEqual(
      home.model.requests.list('alice').map(({ id, scopes }) => [id, scopes]),
      [[wider, ['start', 'stop']]],
    );
    assert.equal(submitted(home, { scopes: ['stop'] }), wider);
    const asked = home.model.history.list('alice', { limit: 10 }).filter(({ what }) => what === 'request_made');
    assert.deepEqual(
      asked.map(({ values }) => values?.scopes),
      ['start stop', 'start'],
    );
  });

  it('at most five are open per device', () => {
    const { model } = aHome();
    const about = { name: 'x', scopes: ['start'], owner: 'alice', gateway: 'gw-alice', createdAt: 0 };
    const results = [1, 2, 3, 4, 5, 6].map((n) => {
      model.resources.put({ ...about, id: `r${n}` });
      return model.requests.submit({ ...ask, resource: `r${n}` });
    });
    assert.equal(results.filter((result) => result !== 'refused').length, 5);
    assert.equal(results.at(-1), 'refused');
  });

  it('a denied one is not shown again for 24 h, and the gateways are told', () => {
    const home = aHome();
    home.model.requests.deny(submitted(home), alice);
    assert.equal(home.model.requests.submit(ask), 'refused');
    assert.deepEqual(home.model.requests.list('alice'), []);
    assert.equal(home.model.events.since(0, 'gw-alice').at(-1)?.change.type, 'request-denied');
    home.clock.ms += 24 * HOUR_MS;
    submitted(home);
  });

  it('approving after denying is refused, and so is approving twice', () => {
    const home = aHome();
    const denied = submitted(home);
    home.model.requests.deny(denied, alice);
    assert.throws(() => home.model.requests.approve(denied, {}, alice), { code: 'request_closed' });
    home.clock.ms += 24 * HOUR_MS;
    const open = submitted(home);
    home.model.requests.approve(open, {}, alice);
    assert.throws(() => home.model.requests.approve(open, {}, alice), { code: 'request_closed' });
    assert.throws(() => home.model.requests.deny(open, alice), { code: 'request_closed' });
  });

  it('lives seven days', () => {
    const home = aHome();
    const id = submitted(home);
    home.clock.ms += 7 * 24 * HOUR_MS;
    assert.deepEqual(home.model.requests.list('alice'), []);
    assert.throws(() => home.model.requests.approve(id, {}, alice), { code: 'request_closed' });
  });

  it('approving can give less, never more, and answers the whole request', () => {
    const home = aHome();
    const id = submitted(home, { scopes: ['start', 'stop'] });
    assert.throws(() => home.model.requests.approve(id, { scopes: ['start', 'explode'] }, alice), {
      code: 'scope_unknown',
    });
    const { share } = home.model.requests.approve(id, { scopes: ['start'] }, alice);
    assert.deepEqual(share.scopes, ['start']);
    assert.deepEqual(home.model.requests.list('alice'), []);
  });

  it('a grant that covers it closes it, a smaller one does not', () => {
    const home = aHome();
    submitted(home, { scopes: ['start', 'stop'] });
    home.model.shares.grant(wish(['start']), 'alice', alice);
    assert.equal(home.model.requests.list('alice').length, 1);
    home.model.shares.grant(wish(['start', 'stop']), 'alice', alice);
    assert.equal(home.model.requests.list('alice').length, 0);
  });

  it('a retired device takes its requests and shares with it', () => {
    const home = aHome();
    submitted(home);
    home.model.devices.put(device('thermostat', { owner: 'alice', state: 'active' }));
    home.model.shares.grant(wish(['stop']), 'alice', alice);
    home.model.devices.retire('thermostat', 'test', alice);
    assert.deepEqual([home.model.requests.list('alice'), home.model.shares.list({ owner: 'alice' })], [[], []]);
    assert.throws(() => home.model.devices.setState('thermostat', 'active', 'test', alice), { code: 'device_retired' });
  });
});
