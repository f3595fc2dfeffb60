import assert from 'node:assert/strict';
import type { Decision, Presented } from '../../../lib/decision/decision.ts';
import { checkDpop, type DpopVerdict } from '../../../lib/proof/dpop-check.ts';
import { type Home, hashOf, makeHome, presented, requirement } from './small-home.ts';

/** A proof check that stays open until it is told to go on. */
async function homeWithHeldProofs() {
  let open: () => void = () => {};
  let reached: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waiting = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const home = await makeHome({
    checkProof: async (headers, check): Promise<DpopVerdict> => {
      const verdict = checkDpop(headers, check);
      reached();
      await held;
      return verdict;
    },
  });
  return { home, waiting, open: () => open() };
}

describe('decide: the last step, with nothing between verdict and message', () => {
  const changes: [string, (home: Home, rpt: string) => unknown, string][] = [
    ['revoke answers', (home, rpt) => home.denials.set(hashOf(rpt), 'revoked'), 'revoked'],
    ['the device is quarantined', (home) => setState(home, 'quarantined'), 'quarantined'],
    ['the device is retired', (home) => setState(home, 'retired'), 'quarantined'],
    [
      'the key is replaced',
      (home) => home.devices.set('thermostat', { state: 'active', thumbprints: ['next'] }),
      'wrong_key',
    ],
    ['the server falls silent', (home) => Object.assign(home.time, { heardMs: 0 }), 'stale_status'],
    ['the token expires', (home) => pass(home, 400_000), 'expired'],
    [
      'the clock is set back',
      (home) => Object.assign(home.time, { highestMs: home.time.nowMs + 60_000 }),
      'clock_wrong',
    ],
  ];
  for (const [name, change, expected] of changes) {
    it(`${name} while the proof check is held open: ${expected}`, async () => {
      const { home, waiting, open } = await homeWithHeldProofs();
      const rpt = await home.rpt();
      let passed = false;
      const deciding = home.decide(presented(rpt, home.proof(rpt)), requirement(), () => {
        passed = true;
      });
      await waiting;
      change(home, rpt);
      open();
      const decision = await deciding;
      assert.equal(decision.allowed ? 'allowed' : decision.reason, expected);
      assert.equal(passed, false);
    });
  }

  it('a permission that ends while the proof check is held open: expired', async () => {
    const { home, waiting, open } = await homeWithHeldProofs();
    const exp = home.time.nowMs / 1000 + 10;
    const rpt = await home.rpt({ permissions: [{ resource_id: 'dishwasher', resource_scopes: ['start'], exp }] });
    const deciding = home.decide(presented(rpt, home.proof(rpt)), requirement(), () => assert.fail('must not pass'));
    await waiting;
    home.time.nowMs += 15_000;
    open();
    assert.equal(reasonOf(await deciding), 'expired');
  });

  it('a verdict for which nobody waits any more uses up neither the proof nor a share for one message', async () => {
    const { home, waiting, open } = await homeWithHeldProofs();
    const permission = { resource_id: 'dishwasher', resource_scopes: ['start'], share: 'share-1', once: true };
    const rpt = await home.rpt({ permissions: [permission] });
    const shown = presented(rpt, home.proof(rpt));
    let answered = false;
    const late = home.decide(shown, { ...requirement(), waiting: () => !answered }, () => assert.fail('too late'));
    await waiting;
    answered = true;
    open();
    assert.equal(Reflect.get(await late, 'reason'), 'server_unreachable');
    let passed = 0;
    await home.decide(shown, requirement(), () => {
      passed += 1;
    });
    assert.equal(passed, 1);
  });

  it('RFC 9449 11.1: of one proof sent 20 times at once exactly one passes', async () => {
    for (const warm of [false, true]) {
      const home = await makeHome();
      const rpt = await home.rpt();
      if (warm) await home.decide(presented(rpt, home.proof(rpt)), requirement(), () => {});
      const message = presented(rpt, home.proof(rpt));
      let passed = 0;
      const all = Array.from({ length: 20 }, () =>
        home.decide(message, requirement(), () => {
          passed += 1;
        }),
      );
      const reasons = (await Promise.all(all)).map(reasonOf).sort();
      assert.equal(passed, 1);
      assert.deepEqual(reasons, ['allowed', ...Array.from({ length: 19 }, () => 'proof_replayed')]);
    }
  });

  it('RFC 9449 11.1: also when all 20 were checked before the first is let through', async () => {
    const { home, waiting, open } = await homeWithHeldProofs();
    const rpt = await home.rpt();
    const message: Presented = presented(rpt, home.proof(rpt));
    const all = Array.from({ length: 20 }, () => home.decide(message, requirement(), () => {}));
    await waiting;
    setImmediate(open);
    const reasons = (await Promise.all(all)).map(reasonOf);
    assert.equal(reasons.filter((reason) => reason === 'allowed').length, 1);
    assert.equal(reasons.filter((reason) => reason === 'proof_replayed').length, 19);
  });

  it('does not use a proof up for a message that it refuses', async () => {
    const home = await makeHome();
    const rpt = await home.rpt();
    const message = presented(rpt, home.proof(rpt));
    const stop = requirement({ permissions: [{ resource: 'dishwasher', scopes: ['stop'] }] });
    assert.equal(reasonOf(await home.decide(message, stop, () => {})), 'insufficient_scope');
    assert.equal(reasonOf(await home.decide(message, requirement(), () => {})), 'allowed');
  });

  it('is internal_error where the message cannot be sent on, and the proof stays used', async () => {
    const faults: unknown[] = [];
    const home = await makeHome({ faulty: (error) => void faults.push(error) });
    const rpt = await home.rpt();
    const message = presented(rpt, home.proof(rpt));
    const broken = new Error('the wire is cut');
    const decision = await home.decide(message, requirement(), () => {
      throw broken;
    });
    assert.ok(!decision.allowed);
    assert.equal(decision.reason, 'internal_error');
    assert.deepEqual(decision.hint, { key: 'hint.internal_error', values: { code: 'Error' } });
    assert.deepEqual(faults, [broken]);
    assert.equal(reasonOf(await home.decide(message, requirement(), () => {})), 'proof_replayed');
  });

  it('never rejects: a port that fails lets nothing pass', async () => {
    const fail = () => {
      throw new Error('closed');
    };
    const failOddly = () => {
      throw 'not even an error';
    };
    for (const ports of [
      { denies: failOddly },
      { denies: fail },
      { deviceLookup: fail },
      { addresses: fail },
      { lastHeardMs: fail },
    ]) {
      const home = await makeHome(ports);
      const rpt = await home.rpt();
      const decision = await home.decide(presented(rpt, home.proof(rpt)), requirement(), () => assert.fail());
      assert.equal(reasonOf(decision), 'internal_error');
    }
  });

  it('refuses a device whose room in the replay window is used up', async () => {
    const home = await makeHome();
    home.proofState.replay.hasRoomFor = () => false;
    const rpt = await home.rpt();
    const decision = await home.decide(presented(rpt, home.proof(rpt)), requirement(), () => assert.fail());
    assert.equal(reasonOf(decision), 'too_many_requests');
  });
});

function setState(home: Home, state: string): void {
  home.devices.set('thermostat', { state, thumbprints: [home.thermostat.thumbprint] });
}

function pass(home: Home, ms: number): void {
  const nowMs = home.time.nowMs + ms;
  Object.assign(home.time, { nowMs, heardMs: nowMs, highestMs: nowMs });
}

function reasonOf(decision: Decision): string {
  return decision.allowed ? 'allowed' : decision.reason;
}
