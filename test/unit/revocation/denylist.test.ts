import assert from 'node:assert/strict';
import type { Block } from '../../../lib/revocation/denial.ts';
import { createDenylist, type Denylist } from '../../../lib/revocation/denylist.ts';
import type { EndReport, Target } from '../../../lib/servers/authorization-server.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { heating } from './fake-server.ts';
import { ask, token, turnOn } from './tokens.ts';

const rules = { maxTokenLifetimeSeconds: 300, leewaySeconds: 60, uniqueShareIds: true };

function block(order: string, target: Target, change: Partial<Block> = {}): Block {
  return { order, target, why: 'revoked', at: 950, ended: [], kind: 'block', liftable: false, ...change };
}

function report(change: Partial<EndReport> = {}): EndReport {
  return { at: 1_000, ended: [], gateways: [], unconfirmed: [], ...change };
}

const later = token({ issuedAt: 5_000, expiresAt: 6_000 });

describe('denylist', () => {
  let store: GatewayStore;
  let now: number;
  const open = (uniqueShareIds = true) =>
    createDenylist({ store, now: () => now, rules: { ...rules, uniqueShareIds } });
  let denylist: Denylist;
  beforeEach(() => {
    store = memoryStore();
    now = 1_000;
    denylist = open();
  });

  for (const [name, target] of [
    ['device', { device: 'thermostat' }],
    ['resource', { resource: 'boiler' }],
  ] as [string, Target][])
    describe(`in the second in which everything of a ${name} was denied`, () => {
      const fresh = { share: 'sh_2', device: 'thermostat', resource: 'boiler' };
      const onFresh = (more = {}) =>
        token({ issuedAt: 1_000, permissions: [{ resource: 'boiler', scopes: ['on'], share: 'sh_2' }], ...more });

      it('lets pass what rests on a share that was given after it', async () => {
        await denylist.deny(block('o', target));
        await denylist.confirm('o', report({ ended: [heating] }));
        assert.equal(ask(denylist, onFresh()), 'revoked', 'before the share was heard of');
        denylist.given(fresh);
        assert.equal(ask(denylist, onFresh()), undefined);
        assert.equal(ask(denylist, token({ issuedAt: 1_000 })), 'revoked', 'what rests on another');
        assert.equal(ask(open(), onFresh()), 'revoked', 'after a restart nobody knows');
      });

      it('refuses what was given before, heard of late, ended with it, or is about something else', async () => {
        denylist.given(fresh);
        const kept = denylist.deny(block('o', target));
        denylist.given(fresh);
        for (const share of ['sh_3', 'sh_4']) denylist.given({ ...fresh, share });
        denylist.given({ share: 'sh_5', device: 'robot', resource: 'oven' });
        await kept;
        await denylist.confirm('o', report({ ended: [{ ...heating, share: 'sh_3' }] }));
        const on = (share: string) => onFresh({ permissions: [{ resource: 'boiler', scopes: ['on'], share }] });
        const answers = ['sh_2', 'sh_3', 'sh_4', 'sh_5'].map((share) => ask(denylist, on(share)));
        assert.deepEqual(answers, ['revoked', 'revoked', undefined, 'revoked']);
      });

      it('refuses all of it while the server has still to be told, and where ids are given twice', async () => {
        const twice = open(false);
        for (const list of [denylist, twice]) await list.deny(block('o', target));
        for (const list of [denylist, twice]) list.given(fresh);
        assert.equal(ask(denylist, onFresh()), 'revoked');
        await twice.confirm('o', report({ ended: [heating] }));
        assert.equal(ask(twice, onFresh()), 'revoked');
      });

      it('remembers a thousand shares, and of more the newest', async () => {
        await denylist.deny(block('o', target));
        await denylist.confirm('o', report({ ended: [heating] }));
        denylist.given(fresh);
        for (let n = 0; n < 1_000; n += 1) denylist.given({ ...fresh, share: `sh_more_${n}` });
        assert.equal(ask(denylist, onFresh()), 'revoked');
      });
    });

  const targets: [string, Target][] = [
    ['token', { token: 'hash' }],
    ['share', { share: 'sh_1' }],
    ['device', { device: 'thermostat' }],
    ['resource', { resource: 'boiler' }],
    ['pair', { pair: { device: 'thermostat', resource: 'boiler', scopes: ['on'] } }],
    ['everything', { everything: 'alice' }],
  ];
  for (const [name, target] of targets) {
    it(`refuses by ${name} at once, whatever the token's age, and after a restart`, async () => {
      assert.equal(ask(denylist), undefined);
      const kept = denylist.deny(block('o', target));
      assert.equal(ask(denylist), 'revoked', 'in the same tick');
      await kept;
      assert.equal(ask(denylist, later), 'revoked');
      assert.equal(ask(open(), later), 'revoked');
    });

    it(`cuts by ${name}: what was issued until one second after the confirmation stays refused`, async () => {
      await denylist.deny(block('o', target));
      await denylist.confirm('o', report());
      for (const list of [denylist, open()]) {
        assert.equal(ask(list, token({ issuedAt: 1_001 })), 'revoked');
        assert.equal(ask(list, token({ issuedAt: Number.NaN })), 'revoked');
        const forEver = name === 'token' || name === 'share';
        assert.equal(ask(list, token({ issuedAt: 1_002 })), forEver ? 'revoked' : undefined);
      }
    });
  }

  it('leaves alone what a target does not name', async () => {
    for (const target of [
      { token: 'another' },
      { share: 'sh_2' },
      { device: 'lamp' },
      { resource: 'door' },
      { pair: { device: 'thermostat', resource: 'boiler', scopes: ['off'] } },
      { pair: { device: 'lamp', resource: 'boiler', scopes: ['on'] } },
    ]) {
      await denylist.deny(block(JSON.stringify(target), target));
    }
    assert.equal(ask(denylist), undefined);
    assert.equal(ask(denylist, token(), [{ resource: 'boiler', scopes: ['off'] }]), 'revoked');
    assert.equal(denylist.open().length, 6);
  });

  it('takes a pair without scopes for all of them', async () => {
    await denylist.deny(block('o', { pair: { device: 'thermostat', resource: 'boiler', scopes: [] } }));
    assert.equal(ask(denylist), 'revoked');
  });

  it('refuses a token of several permissions only where a wanted one rests on a denied share', async () => {
    const facts = token({
      permissions: [
        { resource: 'boiler', scopes: ['off'], share: 'sh_1' },
        { resource: 'boiler', scopes: ['on'], share: 'sh_2' },
        { resource: 'door', scopes: ['open'], share: 'sh_1' },
      ],
    });
    await denylist.deny(block('o', { share: 'sh_1' }));
    assert.equal(ask(denylist, facts), undefined);
    assert.equal(ask(denylist, facts, [{ resource: 'boiler', scopes: ['on', 'off'] }]), 'revoked');
    assert.equal(ask(denylist, facts, [...turnOn, { resource: 'door', scopes: ['open'] }]), 'revoked');
    assert.equal(ask(denylist, facts, []), undefined);
  });

  describe('permissions that name no share', () => {
    const bare = (change = {}) => token({ permissions: [{ resource: 'boiler', scopes: ['on'] }], ...change });

    it('are recognised by the device, resource and scopes of the ended share', async () => {
      await denylist.deny(block('o', { share: 'sh_1' }, { ended: [heating] }));
      assert.equal(ask(denylist, bare()), 'revoked');
      assert.equal(ask(denylist, bare({ device: 'lamp' })), undefined);
      await denylist.confirm('o', report());
      assert.equal(ask(denylist, bare()), 'revoked');
      assert.equal(ask(denylist, bare({ issuedAt: 1_002 })), undefined, 'it may rest on a new share');
    });

    it('are not touched by the end of other scopes', async () => {
      await denylist.deny(block('o', { share: 'sh_1' }, { ended: [{ ...heating, scopes: ['off'] }] }));
      assert.equal(ask(denylist, bare()), undefined);
    });

    it('are all refused while nobody knows where the share belongs', async () => {
      await denylist.deny(block('o', { share: 'sh_1' }));
      assert.equal(ask(denylist, bare({ device: 'lamp' })), 'revoked');
      await denylist.confirm('o', report({ ended: [heating] }));
      assert.equal(ask(denylist, bare({ device: 'lamp' })), undefined);
      assert.equal(ask(denylist, bare()), 'revoked');
    });
  });

  it('refuses the shares that ended with a device for ever, and a share that lost some scopes not', async () => {
    await denylist.deny(block('device', { device: 'thermostat' }));
    await denylist.confirm('device', report({ ended: [heating] }));
    assert.equal(ask(denylist, token({ issuedAt: 1_002 })), 'revoked');
    const pair = { device: 'lamp', resource: 'boiler', scopes: ['on'] };
    await denylist.deny(block('pair', { pair }));
    await denylist.confirm('pair', report({ ended: [{ ...pair, share: 'sh_2' }] }));
    const lamp = { device: 'lamp', permissions: [{ resource: 'boiler', scopes: ['on'], share: 'sh_2' }] };
    assert.equal(ask(denylist, token({ ...lamp, issuedAt: 1_001 })), 'revoked');
    assert.equal(ask(denylist, token({ ...lamp, issuedAt: 1_002 })), undefined);
  });

  it('lets a share live again under its id where the server gives ids twice', async () => {
    denylist = open(false);
    await denylist.deny(block('o', { share: 'sh_1' }));
    await denylist.confirm('o', report({ ended: [heating] }));
    assert.equal(ask(denylist), 'revoked');
    assert.equal(ask(denylist, token({ issuedAt: 1_002 })), undefined);
  });

  it('says quarantined before revoked', async () => {
    await denylist.deny(block('o', { resource: 'boiler' }));
    await denylist.deny(block('q', { device: 'thermostat' }, { why: 'quarantined', liftable: true }));
    assert.equal(ask(denylist), 'quarantined');
    await denylist.lift('q');
    assert.equal(ask(denylist), 'revoked');
    assert.equal(ask(open()), 'revoked');
    await denylist.lift('q');
  });

  it('lifts no block the server has still to hear of, and no cut', async () => {
    await denylist.deny(block('o', { device: 'thermostat' }));
    await assert.rejects(denylist.lift('o'), {
      code: 'not_liftable',
      hint: { key: 'hint.revocation_not_liftable', values: { order: 'o' } },
    });
    await denylist.confirm('o', report());
    await assert.rejects(denylist.lift('o'), { code: 'not_liftable' });
    assert.equal(ask(denylist), 'revoked');
  });

  it('keeps a stop that was made while an earlier one was being lifted', async () => {
    const stop = block('q', { device: 'thermostat' }, { why: 'quarantined', liftable: true });
    await denylist.deny(stop);
    const lifting = denylist.lift('q');
    await denylist.deny({ ...stop, at: 960 });
    await lifting;
    assert.equal(ask(denylist), 'quarantined');
    assert.equal(ask(open()), 'quarantined');
  });

  it('goes on refusing what could not be written, and says so', async () => {
    const full = { ...store, transaction: () => Promise.reject(new Error('disk full')) };
    denylist = createDenylist({ store: full, now: () => now, rules });
    await assert.rejects(denylist.deny(block('o', { device: 'thermostat' })), /disk full/);
    assert.equal(ask(denylist), 'revoked');
    await assert.rejects(denylist.confirm('o', report()), /disk full/);
    assert.equal(ask(denylist, later), 'revoked', 'a cut that is not on disk loosens nothing');
  });

  it('loosens nothing on a report without a time', async () => {
    await denylist.deny(block('o', { device: 'thermostat' }));
    await assert.rejects(denylist.confirm('o', report({ at: Number.NaN })), TypeError);
    assert.equal(ask(denylist, later), 'revoked');
  });

  it('forgets a cut after the last token it can meet, and never a block', async () => {
    await denylist.deny(block('cut', { share: 'sh_1' }));
    await denylist.deny(block('block', { share: 'sh_2' }));
    await denylist.confirm('cut', report());
    const lastExpiry = 1_001 + rules.maxTokenLifetimeSeconds + rules.leewaySeconds;
    now = lastExpiry;
    await denylist.deny(block('x', { token: 'x' }));
    assert.equal(ask(denylist), 'revoked');
    now = lastExpiry + 61;
    await denylist.deny(block('y', { token: 'y' }));
    for (const list of [denylist, open()]) {
      assert.equal(ask(list), undefined);
      assert.deepEqual(
        list
          .open()
          .map(({ order }) => order)
          .sort(),
        ['block', 'x', 'y'],
      );
    }
  });

  it('counts a cut from the later of both clocks', async () => {
    now = 9_000;
    await denylist.deny(block('o', { share: 'sh_1' }));
    await denylist.confirm('o', report({ at: 1_000 }));
    now = 9_300;
    await denylist.deny(block('x', { token: 'x' }));
    assert.equal(ask(denylist), 'revoked');
  });

  it('tells listeners in the same tick, and survives their faults', async () => {
    const told: Target[] = [];
    denylist.onDenied(() => {
      throw new Error('mine');
    });
    const end = denylist.onDenied((target) => told.push(target));
    const kept = denylist.deny(block('o', { share: 'sh_1' }));
    assert.deepEqual(told, [{ share: 'sh_1' }]);
    await kept;
    end();
    await denylist.deny(block('p', { share: 'sh_2' }));
    assert.equal(told.length, 1);
  });

  it('cuts all that was issued before the call, where the server’s clock was set back meanwhile', async () => {
    await denylist.deny(block('o', { device: 'thermostat' }, { at: 4_000.7 }));
    await denylist.confirm('o', report({ at: 400 }));
    assert.equal(ask(denylist, token({ issuedAt: 3_999, expiresAt: 4_299 })), 'revoked');
    assert.equal(ask(denylist, token({ issuedAt: 4_001, expiresAt: 4_301 })), 'revoked');
    assert.equal(ask(denylist, token({ issuedAt: 4_002, expiresAt: 4_302 })), undefined);
  });

  it('keeps the stricter of two denials under one order', async () => {
    await denylist.deny(block('o', { device: 'thermostat' }));
    const cut = {
      ...block('o', { device: 'thermostat' }),
      kind: 'cut' as const,
      through: 10,
      dropAfter: 20,
      deadShares: [],
    };
    await denylist.deny(cut);
    assert.equal(ask(denylist, later), 'revoked');
    await denylist.confirm('o', report());
    await denylist.deny({ ...cut, ended: [heating] });
    assert.equal(ask(denylist), 'revoked', 'the later moment counts');
    assert.equal(ask(open()), 'revoked');
  });

  it('will not start on records that it cannot understand', () => {
    const table = store.table({ name: 'denials', version: 1, read: (stored) => stored });
    const cut = { ...block('o', { device: 'd' }), kind: 'cut', dropAfter: 1, deadShares: [] };
    for (const damaged of [null, { kind: 'other' }, cut, { ...cut, dropAfter: null, through: 1 }]) {
      table.put('o', damaged);
      assert.throws(open, TypeError);
    }
  });

  it('confirms an order it no longer knows without a fault', async () => {
    let ran = false;
    await denylist.confirm('unknown', report(), () => {
      ran = true;
    });
    assert.ok(ran);
    await denylist.confirm('unknown', report());
  });
});
