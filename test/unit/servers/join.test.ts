import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { PendingCode } from '../../../lib/servers/connection-state.ts';
import { ServerError } from '../../../lib/servers/errors.ts';
import { createJoin, type Join } from '../../../lib/servers/join.ts';
import type { JoinPorts, JoinStep } from '../../../lib/servers/join-walk.ts';
import { UnreachableError } from '../../../lib/uma/errors.ts';
import { unlessAborted } from '../../../lib/uma/unless-aborted.ts';

type Answer = Awaited<ReturnType<JoinPorts['codes']['poll']>>;

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A server that answers as a test says, and pauses that end when a test says so. */
function bench() {
  const pauses: number[] = [];
  const polls: Answer[] = [];
  const news = new EventTarget();
  let wake = () => {};
  let code: PendingCode | undefined;
  let codes = 0;
  const world = {
    approved: false,
    owner: true as boolean | undefined,
    fault: undefined as Error | undefined,
    promised: false,
  };
  const ports: JoinPorts = {
    async connect() {
      if (world.fault) throw world.fault;
    },
    register: async () => {},
    protect: async () => (world.approved ? 'allowed' : 'not-approved'),
    hasOwner: async () => world.owner,
    promised: () => world.promised,
    codes: {
      pending: () => code,
      async ask() {
        if (code === undefined) {
          codes += 1;
          code = {
            deviceCode: 'd',
            userCode: `CODE-${codes}`,
            verificationUri: 'u',
            expiresAtMs: 0,
            intervalMs: 5_000,
          };
        }
        return code;
      },
      async poll() {
        const answer = polls.shift() ?? 'waiting';
        if (answer !== 'waiting') code = undefined;
        return answer;
      },
    },
    sleep: (ms, signal) => {
      pauses.push(ms);
      const pause = new Promise<void>((resolve) => {
        wake = resolve;
      });
      news.dispatchEvent(new Event('pause'));
      return unlessAborted(signal, pause);
    },
    random: () => 1,
    log: () => {},
  };
  const join = createJoin(ports);
  const steps: JoinStep[] = [];
  join.watch((step) => void steps.push(step));
  return {
    join,
    world,
    polls,
    pauses,
    steps,
    /** Ends the pause that is going on, and resolves with the length of the next. */
    async goOn(): Promise<number> {
      const paused = once(news, 'pause');
      wake();
      await paused;
      return pauses.at(-1) ?? 0;
    },
    begin: async () => {
      const paused = once(news, 'pause');
      join.start();
      await paused;
    },
    wake: () => wake(),
    setCode: (next: PendingCode | undefined) => {
      code = next;
    },
  };
}

describe('the way in', () => {
  const joins: Join[] = [];
  const open = () => {
    const made = bench();
    joins.push(made.join);
    return made;
  };
  afterEach(async () => {
    for (const join of joins.splice(0)) await join.close();
  });

  it('RFC 8628 3.5: polls at the server’s interval and shows one code meanwhile', async () => {
    const { begin, goOn, steps, pauses } = open();
    await begin();
    assert.equal(await goOn(), 5_000);
    assert.equal(await goOn(), 5_000);
    assert.equal(pauses.length, 3);
    assert.deepEqual(steps, [{ phase: 'waiting-for-owner', userCode: 'CODE-1', verificationUri: 'u' }]);
  });

  it('RFC 8628 3.5: slow_down makes the next pauses longer', async () => {
    const { begin, goOn, setCode } = open();
    await begin();
    setCode({ deviceCode: 'd', userCode: 'CODE-1', verificationUri: 'u', expiresAtMs: 0, intervalMs: 10_000 });
    assert.equal(await goOn(), 10_000);
  });

  for (const answer of ['denied', 'expired'] as const) {
    it(`asks for another code after "${answer}", each time later`, async () => {
      const { begin, goOn, polls, steps } = open();
      polls.push(answer, answer, answer);
      await begin();
      assert.equal(steps.at(-1)?.phase, 'failed');
      const delays = [await goOn(), await goOn()];
      assert.deepEqual(delays, [10_000, 20_000]);
      assert.equal(await goOn(), 5_000);
      assert.deepEqual(steps.at(-1), { phase: 'waiting-for-owner', userCode: 'CODE-4', verificationUri: 'u' });
      assert.deepEqual(
        steps.flatMap((step) => ('error' in step ? step.error.key : [])),
        Array(3).fill(`hint.join_${answer}`),
      );
    });
  }

  it('waits at most ten minutes for another code', async () => {
    const { begin, goOn, polls } = open();
    polls.push(...Array<Answer>(12).fill('expired'));
    await begin();
    for (let turn = 0; turn < 10; turn += 1) await goOn();
    assert.equal(await goOn(), 600_000);
  });

  it('tells whether the server has an owner, as soon as that changes', async () => {
    const { begin, goOn, world, steps } = open();
    world.owner = false;
    await begin();
    assert.equal(steps.at(-1)?.phase, 'no-owner');
    world.owner = true;
    await goOn();
    assert.equal(steps.at(-1)?.phase, 'waiting-for-owner');
  });

  it('tries an unreachable server again, later and later, and says why', async () => {
    const { begin, goOn, world, join } = open();
    world.fault = new UnreachableError('http://as.test', 'network');
    await begin();
    assert.equal(join.step().phase, 'unreachable');
    assert.deepEqual([await goOn(), await goOn()], [1_000, 2_000]);
    for (let turn = 0; turn < 5; turn += 1) await goOn();
    assert.equal(await goOn(), 30_000);
  });

  it('says what a person has to do something about, and is in when that was done', async () => {
    const { begin, world, join, wake } = open();
    world.fault = new ServerError('server_key_changed', 'another server');
    await begin();
    assert.deepEqual(join.step(), { phase: 'failed', error: { key: 'hint.server_key_changed' } });
    world.fault = undefined;
    world.approved = true;
    wake();
    await join.ready(AbortSignal.timeout(1_000));
  });

  it('looks again where it stands when the server refuses it', async () => {
    const { world, join, steps, wake, polls } = open();
    world.approved = true;
    join.start();
    await join.ready(AbortSignal.timeout(1_000));
    world.approved = false;
    join.lost();
    await settled();
    assert.equal(join.step().phase, 'waiting-for-owner');
    world.approved = true;
    polls.push('approved');
    wake();
    await join.ready(AbortSignal.timeout(1_000));
    assert.deepEqual(
      steps.map(({ phase }) => phase),
      ['ready', 'waiting-for-owner', 'ready'],
    );
  });

  it('once in, listens for the owner’s answer to a code that somebody asked for', async () => {
    const { world, join, polls, pauses, setCode } = open();
    world.approved = true;
    join.start();
    await join.ready(AbortSignal.timeout(1_000));
    setCode({ deviceCode: 'd', userCode: 'CODE-9', verificationUri: 'u', expiresAtMs: 0, intervalMs: 5_000 });
    join.codeAsked();
    await settled();
    assert.deepEqual(pauses, [5_000]);
    assert.deepEqual(join.step(), { phase: 'ready', code: { userCode: 'CODE-9', verificationUri: 'u' } });
    polls.push('approved');
    join.codeAsked();
    await settled();
    assert.equal(polls.length, 0);
    assert.deepEqual(join.step(), { phase: 'ready' });
  });

  it('ends at once when closed, wherever it is, and tells nobody any more', async () => {
    const { begin, join, steps, wake } = open();
    await begin();
    const waiting = join.ready(new AbortController().signal);
    waiting.catch(() => {});
    const told = steps.length;
    await join.close();
    wake();
    await settled();
    assert.equal(steps.length, told);
  });

  it('rejects who waits with that one’s own reason', async () => {
    const { join } = open();
    const giveUp = new AbortController();
    const waiting = join.ready(giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });
});
