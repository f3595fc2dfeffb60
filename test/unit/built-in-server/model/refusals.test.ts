import assert from 'node:assert/strict';
import { createRefusals } from '../../../../lib/built-in-server/model/refusals.ts';
import { openTables } from '../../../../lib/built-in-server/model/tables.ts';
import { REFUSAL_REASONS } from '../../../../lib/sharing/refusal.ts';
import { memoryStore } from '../../../support/memory-store.ts';
import { aHome, alice, device, START_MS, wish } from './a-home.ts';

const now = START_MS / 1000;
const told = { resource: 'dishwasher', reason: 'revoked', count: 1, first: now, last: now } as const;

describe('what gateways did not let through', () => {
  const setUp = () => {
    const home = aHome();
    const { model } = home;
    model.devices.put(device('lamp', { owner: 'alice', state: 'active' }));
    model.devices.put(device('of-bob', { owner: 'bob', state: 'active' }));
    const gateway = (owner: string) => {
      const found = model.gateways.get(`gw-${owner}`);
      assert.ok(found);
      return { ...found, owner };
    };
    const list = (owner = 'alice', limit = 10_000) => model.refusals.list(owner, { limit });
    return { ...home, gateway, list };
  };

  it('is one row for a kind and a day, that counts and moves up', () => {
    const { model, clock, gateway, list } = setUp();
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', count: 3 }]);
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', reason: 'expired' }]);
    const [before] = list().slice(-1);
    clock.ms += 3_600_000;
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', count: 4, first: now + 60, last: now + 70 }]);
    const rows = list();
    assert.deepEqual(
      rows.map(({ reason, count, first, last }) => [reason, count, first, last]),
      [
        ['revoked', 7, now, now + 70],
        ['expired', 1, now, now],
      ],
    );
    assert.equal(rows[0]?.id, before?.id);
    clock.ms += 24 * 3_600_000;
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp' }]);
    assert.deepEqual(
      list().map(({ count }) => count),
      [1, 7, 1],
      'another day, another row',
    );
  });

  it('stands where it happened in the history, and drives no line out of it', () => {
    const { model, gateway, list } = setUp();
    const { share } = model.shares.grant(wish(), 'alice', alice);
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp' }]);
    model.shares.end(share.id, 'withdrawn', alice);
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', reason: 'expired' }]);
    const lines = model.history.list('alice', { limit: 10 }).map(({ number }) => String(number).padStart(12, '0'));
    const places = [...lines, ...list().map(({ place }) => place)].sort();
    assert.deepEqual(
      places.map((place) => (place.includes('.') ? 'refused' : 'line')),
      ['line', 'line', 'refused', 'line', 'refused'],
    );
    for (let n = 0; n < 50; n += 1)
      model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', reason: 'used_up' }]);
    assert.equal(model.history.list('alice', { limit: 10 }).length, lines.length);
  });

  it('keeps so many rows of a gateway, and the oldest go', () => {
    const tables = openTables(memoryStore());
    const refusals = createRefusals(
      { tables, history: { latest: () => 0 }, nowSeconds: () => now },
      { gateway: 10, owner: 15 },
    );
    const { model, gateway } = setUp();
    const put = (id: string, of: string) => {
      const dishwasher = model.resources.get('dishwasher');
      assert.ok(dishwasher);
      tables.resources.put(id, { ...dishwasher, id, gateway: of });
    };
    tables.devices.put('lamp', device('lamp', { owner: 'alice' }));
    for (let n = 0; n < 20; n += 1) {
      put(`r${n}`, 'gw-alice');
      refusals.note(gateway('alice'), [{ ...told, device: 'lamp', resource: `r${n}` }]);
    }
    const kept = () => refusals.list('alice', { limit: 100 }).map(({ resource }) => resource);
    assert.deepEqual([kept().length, kept()[0], kept().at(-1)], [10, 'r19', 'r10']);
    for (let n = 0; n < 10; n += 1) {
      put(`s${n}`, 'gw-other');
      refusals.note({ ...gateway('alice'), clientId: 'gw-other' }, [{ ...told, device: 'lamp', resource: `s${n}` }]);
    }
    assert.deepEqual([kept().length, kept()[0], kept().at(-1)], [15, 's9', 'r15']);
  });

  it('is of its own resources only, for its owner only; a device of somebody else’s is nobody', () => {
    const { model, gateway, list } = setUp();
    model.refusals.note(gateway('bob'), [told]);
    model.refusals.note(gateway('alice'), [
      { ...told, resource: 'heater' },
      { ...told, resource: 'none' },
    ]);
    assert.deepEqual([list('alice'), list('bob')], [[], []]);
    model.refusals.note(gateway('alice'), [
      { ...told, device: 'of-bob' },
      { ...told, device: 'made up' },
    ]);
    assert.deepEqual(
      list().map(({ device, count }) => [device, count]),
      [[undefined, 2]],
    );
    assert.deepEqual(list('bob'), []);
  });

  it('of whoever is unknown it is a row for each of three resources, and one for all others, whatever they try', () => {
    const { model, clock, gateway, list } = setUp();
    const dishwasher = model.resources.get('dishwasher');
    assert.ok(dishwasher);
    model.refusals.note(gateway('alice'), [{ ...told, device: 'lamp', count: 5 }]);
    const flood = () => {
      for (const reason of REFUSAL_REASONS)
        for (let n = 0; n < 10; n += 1)
          model.refusals.note(gateway('alice'), [{ ...told, resource: `r${n}`, reason, device: `made up ${n}` }]);
    };
    for (let n = 0; n < 10; n += 1) model.resources.put({ ...dishwasher, id: `r${n}` });
    flood();
    const all = REFUSAL_REASONS.length;
    const rows = list().map(({ resource, count }) => [resource, count]);
    assert.deepEqual(rows, [
      [undefined, 7 * all],
      ['r2', all],
      ['r1', all],
      ['r0', all],
      ['dishwasher', 5],
    ]);
    clock.ms += 12 * 3_600_000;
    flood();
    assert.equal(list().length, 5, 'and no more on the same day');
    clock.ms += 12 * 3_600_000;
    flood();
    flood();
    assert.equal(list().length, 9, 'another day');
  });

  it('of whoever is unknown it counts each reason', () => {
    const { model, gateway, list } = setUp();
    model.refusals.note(gateway('alice'), [
      { ...told, reason: 'no_token', count: 300 },
      { ...told, reason: 'invalid_token', count: 12 },
      { ...told, reason: 'no_token' },
    ]);
    assert.deepEqual(
      list().map(({ reason, reasons, count }) => [reason, reasons, count]),
      [[undefined, { no_token: 301, invalid_token: 12 }, 313]],
    );
  });

  it('takes the times of a gateway’s clock within these days', () => {
    const { model, gateway, list } = setUp();
    model.refusals.note(gateway('alice'), [{ ...told, first: 0, last: now + 1_000_000 }]);
    const [row] = list();
    assert.deepEqual([row?.first, row?.last], [now - 7 * 24 * 3600, now]);
  });

  it('what was too much to keep apart is a row without a name', () => {
    const { model, gateway, list } = setUp();
    const others = { count: 800, first: now, last: now };
    model.refusals.note(gateway('alice'), [others]);
    model.refusals.note(gateway('alice'), [others]);
    assert.deepEqual(
      list().map(({ resource, reason, count }) => [resource, reason, count]),
      [[undefined, undefined, 1_600]],
    );
  });
});
