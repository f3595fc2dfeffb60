/** What limits a permission beside its scopes and its end: one message, and the hours of its share. */
import assert from 'node:assert/strict';
import { coverage, type NotCovered } from '../../../lib/decision/coverage.ts';
import type { Decision } from '../../../lib/decision/decision.ts';
import type { Permission } from '../../../lib/uma/permission.ts';
import { type Home, makeHome, presented, requirement } from './small-home.ts';

const reasonOf = (decision: Decision) => (decision.allowed ? 'allowed' : decision.reason);

const permission = (more: object = {}) => ({
  resource_id: 'dishwasher',
  resource_scopes: ['start'],
  share: 'share-1',
  ...more,
});

function rptFor(home: Home, ...permissions: object[]): Promise<string> {
  return home.rpt({ permissions });
}

async function sent(home: Home, rpt: string, scopes = ['start']): Promise<string> {
  const wish = requirement({ permissions: [{ resource: 'dishwasher', scopes }] });
  let passed = 0;
  const decision = await home.decide(presented(rpt, home.proof(rpt)), wish, () => {
    passed += 1;
  });
  assert.equal(passed, decision.allowed ? 1 : 0);
  return reasonOf(decision);
}

describe('decide: a permission for one message', () => {
  it('lets the first message pass and refuses the rest as used_up, whatever token they bring', async () => {
    const home = await makeHome();
    const before = await rptFor(home, permission({ once: true }));
    assert.equal(await sent(home, before), 'allowed');
    assert.equal(await sent(home, before), 'used_up');
    home.time.nowMs += 1_000;
    const after = await rptFor(home, permission({ once: true }));
    assert.notEqual(after, before);
    assert.equal(await sent(home, after), 'used_up', 'issued before the server knew');
  });

  it('of 20 messages in the same tick, each with a proof of its own, exactly one passes', async () => {
    const home = await makeHome();
    const rpt = await rptFor(home, permission({ once: true }));
    const reasons = await Promise.all(Array.from({ length: 20 }, () => sent(home, rpt)));
    assert.deepEqual(reasons.sort(), ['allowed', ...Array.from({ length: 19 }, () => 'used_up')]);
  });

  it('is used before the message goes on, and not by one that is refused', async () => {
    const home = await makeHome();
    const rpt = await rptFor(home, permission({ once: true }));
    assert.equal(await sent(home, rpt, ['stop']), 'insufficient_scope');
    const stolen = presented(rpt, home.proof(rpt, { key: home.heater }));
    assert.equal(reasonOf(await home.decide(stolen, requirement(), () => {})), 'wrong_key');
    assert.deepEqual([...home.used], []);
    await home.decide(presented(rpt, home.proof(rpt)), requirement(), () => {
      assert.deepEqual([...home.used], ['share-1']);
    });
    assert.deepEqual([...home.used], ['share-1']);
  });

  it('whether it was used is told to nobody who has not proved the key', async () => {
    const home = await makeHome();
    const rpt = await rptFor(home, permission({ once: true }));
    await sent(home, rpt);
    const stolen = presented(rpt, home.proof(rpt, { key: home.heater }));
    assert.equal(reasonOf(await home.decide(stolen, requirement(), () => {})), 'wrong_key');
    const captured = presented(rpt, home.proof(rpt));
    assert.equal(reasonOf(await home.decide(captured, requirement(), () => {})), 'used_up');
  });

  it('a proof that has brought the one message through brings no second: proof_replayed', async () => {
    const home = await makeHome();
    const rpt = await rptFor(home, permission({ once: true }));
    const captured = presented(rpt, home.proof(rpt));
    assert.equal(reasonOf(await home.decide(captured, requirement(), () => {})), 'allowed');
    assert.equal(reasonOf(await home.decide(captured, requirement(), () => {})), 'proof_replayed');
  });

  it('where it cannot be written that it was used, nothing passes', async () => {
    const faults: unknown[] = [];
    const full = new Error('no space left');
    const once = {
      usedUp: () => false,
      use: () => {
        throw full;
      },
    };
    const home = await makeHome({ once, faulty: (error) => void faults.push(error) });
    assert.equal(await sent(home, await rptFor(home, permission({ once: true }))), 'internal_error');
    assert.deepEqual(faults, [full]);
  });

  it('two of them for one message are used together or not at all', async () => {
    const home = await makeHome();
    const start = permission({ once: true });
    const stop = permission({ once: true, share: 'share-2', resource_scopes: ['stop'] });
    const rpt = await rptFor(home, start, stop);
    assert.equal(await sent(home, rpt, ['start', 'stop']), 'allowed');
    assert.deepEqual([...home.used].sort(), ['share-1', 'share-2']);
    home.used.delete('share-1');
    assert.equal(await sent(home, rpt, ['start', 'stop']), 'used_up');
    assert.deepEqual([...home.used], ['share-2']);
  });

  it('is left alone where another gives the same, and so are others of the token', async () => {
    const home = await makeHome();
    const rpt = await rptFor(
      home,
      permission({ once: true }),
      permission({ share: 'share-2' }),
      permission({ once: true, share: 'share-3', resource_scopes: ['stop'] }),
    );
    for (let time = 0; time < 3; time += 1) assert.equal(await sent(home, rpt), 'allowed');
    assert.deepEqual([...home.used], []);
  });

  it('without a share it cannot be used, for nobody could tell whether it was', async () => {
    const home = await makeHome();
    const { share: _, ...nameless } = permission({ once: true });
    assert.equal(await sent(home, await rptFor(home, nameless)), 'used_up');
  });
});

describe('decide: the hours of a share', () => {
  it('end to the second, however much leeway there is for clocks: outside_hours', async () => {
    const home = await makeHome();
    const now = home.time.nowMs / 1000;
    const rpt = await rptFor(home, permission({ exp: now + 10, window_end: now + 10 }));
    assert.equal(await sent(home, rpt), 'allowed');
    home.time.nowMs += 9_999;
    assert.equal(await sent(home, rpt), 'allowed');
    home.time.nowMs += 1;
    assert.equal(await sent(home, rpt), 'outside_hours');
    home.time.nowMs += 4_999;
    assert.equal(await sent(home, rpt), 'outside_hours');
    home.time.nowMs += 1;
    assert.equal(await sent(home, rpt), 'expired', 'and then the permission itself is over');
  });

  it('a share whose hours are over uses nothing up', async () => {
    const home = await makeHome();
    const now = home.time.nowMs / 1000;
    assert.equal(await sent(home, await rptFor(home, permission({ once: true, window_end: now }))), 'outside_hours');
    assert.deepEqual([...home.used], []);
  });
});

describe('coverage', () => {
  it('names what is nearest to letting the message pass', () => {
    const wish = [{ resource: 'r', scopes: ['a', 'b'] }];
    const a: Permission = { resource: 'r', scopes: ['a'] };
    const ofB: [NotCovered, Partial<Permission>][] = [
      ['expired', { exp: 90 }],
      ['outside_hours', { windowEnd: 100 }],
      ['used_up', { once: true, share: 'used' }],
      ['insufficient_scope', { scopes: ['c'] }],
    ];
    for (const [reason, more] of ofB) {
      const held = [a, { resource: 'r', scopes: ['b'], ...more }];
      const circumstances = { nowSeconds: 100, leewaySeconds: 5, usedUp: (share: string) => share === 'used' };
      assert.equal(coverage(held, wish, circumstances), reason);
    }
  });
});
