import assert from 'node:assert/strict';
import { aHome, alice, device, START_MS, wish } from './a-home.ts';

const NOW = START_MS / 1000;
const workdays = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };

describe('shares', () => {
  it('a grant claims an unclaimed device, and the share covers it', () => {
    const { model } = aHome();
    assert.deepEqual(model.shares.covering('thermostat', 'dishwasher', NOW), []);
    const { share } = model.shares.grant(wish(), 'alice', alice);
    assert.match(share.id, /^sh_[\w-]{22}$/);
    assert.equal(model.devices.get('thermostat')?.owner, 'alice');
    assert.equal(model.devices.get('thermostat')?.state, 'active');
    assert.deepEqual(
      model.shares.covering('thermostat', 'dishwasher', NOW).map(({ id }) => id),
      [share.id],
    );
  });

  it('the same wish again gives the same share, so that one revoke ends it', () => {
    const { model } = aHome();
    const first = model.shares.grant(wish(['start', 'stop']), 'alice', alice);
    const again = model.shares.grant(wish(['stop', 'start']), 'alice', alice);
    assert.equal(again.share.id, first.share.id);
    assert.deepEqual([first.created, again.created], [true, false]);
  });

  it('a wish with other conditions is another share', () => {
    const { model } = aHome();
    const weekly = { timeZone: 'UTC', windows: [workdays] };
    const wishes: object[] = [{}, { once: true }, { ownKeyOnly: true }, { weekly }, { once: true, weekly }];
    const ids = wishes.map((conditions) => model.shares.grant(wish(['start'], conditions), 'alice', alice).share.id);
    assert.equal(new Set(ids).size, wishes.length);
    const reworded = { weekly: { timeZone: 'UTC', windows: [{ ...workdays, days: [5, 4, 3, 2, 1, 1] }] }, once: true };
    const again = model.shares.grant(wish(['start'], reworded), 'alice', alice);
    assert.deepEqual([again.share.id, again.created], [ids[4], false]);
  });

  it('own key only is refused where a gateway holds the key, with a hint that says why', () => {
    const { model } = aHome();
    model.devices.put(device('lamp', { owner: 'alice', state: 'active', assurance: 'gateway', gateway: 'gw-alice' }));
    const party = { kind: 'device', id: 'lamp' } as const;
    const refusal = { code: 'own_key_needed', hint: { key: 'hint.own_key_needed', values: { device: 'lamp' } } };
    const conditions = { ownKeyOnly: true } as const;
    assert.throws(() => model.shares.grant({ ...wish(), party, conditions }, 'alice', alice), refusal);
    const { share } = model.shares.grant({ ...wish(), party }, 'alice', alice);
    assert.throws(() => model.shares.change(share.id, { conditions }, alice), refusal);
    assert.deepEqual(model.shares.get(share.id)?.conditions, {});
  });

  it('history says how long it was given for, and what that was changed to', () => {
    const { model } = aHome();
    const { share } = model.shares.grant(wish(['start'], { until: NOW + 3600 }), 'alice', alice);
    model.shares.change(share.id, { conditions: {} }, alice);
    model.shares.end(share.id, 'withdrawn', alice);
    const lines = model.history.list('alice', { limit: 3 }).map(({ what, values }) => [what, values?.conditions]);
    assert.deepEqual(lines, [
      ['share_ended', undefined],
      ['share_changed', '{}'],
      ['share_granted', `{"until":${NOW + 3600}}`],
    ]);
  });

  it('an ended share is dead for ever, and a new grant has a new id', () => {
    const { model } = aHome();
    const first = model.shares.grant(wish(), 'alice', alice).share;
    const ended = model.shares.end(first.id, 'withdrawn', alice);
    assert.equal(ended?.events.length, 1);
    assert.deepEqual(model.shares.end(first.id, 'withdrawn', alice)?.events, []);
    assert.deepEqual(model.shares.covering('thermostat', 'dishwasher', NOW), []);
    assert.throws(() => model.shares.change(first.id, { scopes: ['stop'] }, alice), { code: 'share_ended' });
    assert.notEqual(model.shares.grant(wish(), 'alice', alice).share.id, first.id);
  });

  it('holds from notBefore until the second before until', () => {
    const { model } = aHome();
    model.shares.grant(wish(['start'], { notBefore: NOW + 10, until: NOW + 20 }), 'alice', alice);
    const covers = (at: number) => model.shares.covering('thermostat', 'dishwasher', at).length === 1;
    assert.deepEqual([NOW, NOW + 10, NOW + 19, NOW + 20].map(covers), [false, true, true, false]);
  });

  it('refuses what it would not evaluate, and what is not the owner’s', () => {
    const { model } = aHome();
    const refused = (code: string, some: object) =>
      assert.throws(() => model.shares.grant({ ...wish(), ...some }, 'alice', alice), { code });
    refused('invalid_request', { conditions: { once: false } });
    refused('invalid_request', { conditions: { weekly: {} } });
    refused('invalid_request', { conditions: { weekly: { timeZone: 'Mars', windows: [workdays] } } });
    refused('not_supported', { conditions: { madeUp: 1 } });
    refused('invalid_request', { conditions: { until: 1.5 } });
    refused('invalid_request', { conditions: { notBefore: NOW + 2, until: NOW + 1 } });
    refused('invalid_request', { scopes: [] });
    refused('scope_unknown', { scopes: ['explode'] });
    refused('resource_unknown', { resource: 'heater' });
    refused('device_unknown', { party: { kind: 'device', id: 'nobody' } });
    refused('person_unknown', { party: { kind: 'person', id: 'nobody' } });
    model.devices.put(device('old', { state: 'retired', owner: 'alice' }));
    refused('device_retired', { party: { kind: 'device', id: 'old' } });
  });

  it('changing a share revokes everything issued from it', () => {
    const ended: string[] = [];
    const { model } = aHome({
      endByShare(share) {
        ended.push(share);
        return [{ hash: 'h1', gateway: 'gw-alice' }];
      },
    });
    const { share } = model.shares.grant(wish(['start', 'stop']), 'alice', alice);
    const changed = model.shares.change(share.id, { scopes: ['start'] }, alice);
    assert.deepEqual(ended, [share.id]);
    assert.equal(changed.share.version, 2);
    const told = model.events.since(0, 'gw-alice').map(({ change }) => change.type);
    assert.deepEqual(told, ['share-granted', 'token-revoked']);
  });

  it('knows what widens', () => {
    const { model } = aHome();
    const { share } = model.shares.grant(wish(['start'], { until: NOW + 100 }), 'alice', alice);
    assert.equal(model.shares.widens(share, { conditions: { until: NOW + 50 } }), false);
    assert.equal(model.shares.widens(share, { conditions: { until: NOW + 150 } }), true);
    assert.equal(model.shares.widens(share, { conditions: {} }), true);
    assert.equal(model.shares.widens(share, { scopes: ['start', 'stop'] }), true);
    assert.equal(model.shares.widens(share, { scopes: ['start'] }), false);
  });

  it('another owner’s device may be shared with, and stays the other’s', () => {
    const { model } = aHome();
    model.devices.put(device('bobs', { owner: 'bob', state: 'active', gateway: 'gw-bob' }));
    model.shares.grant({ ...wish(), party: { kind: 'device', id: 'bobs' } }, 'alice', alice);
    assert.equal(model.devices.get('bobs')?.owner, 'bob');
    assert.equal(model.events.since(0, 'gw-bob').length, 1, 'the gateway that asks for it hears of it');
  });
});
