import assert from 'node:assert/strict';
import { createRefusalTelling } from '../../../lib/gateway/refusal-telling.ts';
import type { RefusalReport } from '../../../lib/servers/reports.ts';
import { fakeTimers, settle } from '../revocation/fake-timers.ts';

const start = 1_800_000_000_000;
const noToken = { resource: 'dishwasher', reason: 'no_token' } as const;

function setUp(random = () => 1) {
  const timers = fakeTimers();
  const clock = { ms: start };
  const state = { away: false };
  const told: RefusalReport[] = [];
  const telling = createRefusalTelling({
    async tell(report) {
      if (state.away) throw new Error('away');
      told.push(report);
    },
    ready: async () => {},
    timers,
    nowMs: () => clock.ms,
    random,
  });
  /** Lets the time of whatever waits come. */
  const wait = async () => {
    const [ms = 0] = timers.pending();
    clock.ms += ms;
    timers.fire();
    await settle();
    return ms;
  };
  return { telling, timers, clock, state, told, wait };
}

describe('telling the owner what was refused', () => {
  it('sums up by device, resource and reason, with how often, from when and until when', async () => {
    const { telling, clock, told, wait } = setUp();
    telling.note(noToken);
    clock.ms += 400;
    telling.note({ ...noToken, device: 'd1', reason: 'revoked' });
    clock.ms += 500;
    telling.note(noToken);
    await wait();
    clock.ms += 60_000;
    await wait();
    const seconds = start / 1000;
    assert.deepEqual(told.flatMap(({ refusals }) => refusals).slice(0, 2), [
      { ...noToken, device: 'd1', reason: 'revoked', count: 1, first: seconds, last: seconds },
      { ...noToken, count: 2, first: seconds, last: seconds },
    ]);
  });

  it('a flood of 2,000 a second asks the server once in a minute', async () => {
    const { telling, timers, clock, told } = setUp();
    const calls: number[] = [];
    for (let second = 0; second < 180; second += 1) {
      for (let n = 0; n < 2_000; n += 1) telling.note(noToken);
      clock.ms += 1_000;
      for (const ms of timers.pending()) {
        const due = calls.length === 0 ? 1_000 : 60_000;
        if (clock.ms - start >= (calls.at(-1) ?? 0) + due || ms === 0) timers.fire();
      }
      await settle();
      if (told.length > calls.length) calls.push(clock.ms - start);
    }
    assert.equal(told.length, 3);
    assert.ok(told.every(({ refusals }) => refusals.length === 1));
    assert.equal(told[1]?.refusals[0]?.count, 120_000);
  });

  it('of many kinds at once it tells a hundred, and waits five seconds before the next', async () => {
    const { telling, told, wait } = setUp();
    for (let n = 0; n < 150; n += 1) telling.note({ ...noToken, resource: `r${n}` });
    assert.equal(await wait(), 1_000);
    assert.equal(told[0]?.refusals.length, 100);
    assert.equal(await wait(), 5_000);
    assert.equal(told[1]?.refusals.length, 50);
  });

  it('keeps 200 kinds apart; those that were quiet longest become "others", and none is lost', async () => {
    const { telling, told, wait } = setUp();
    for (let n = 0; n < 1_000; n += 1) telling.note({ ...noToken, resource: `r${n}` });
    telling.note({ ...noToken, resource: 'r999' });
    for (let n = 0; n < 3; n += 1) await wait();
    const kinds = told.flatMap(({ refusals }) => refusals);
    assert.equal(kinds.length, 200);
    assert.deepEqual([kinds[0]?.resource, kinds.at(-1)?.resource], ['r800', 'r999']);
    const others = told.reduce((sum, report) => sum + (report.others?.count ?? 0), 0);
    assert.equal(others, 800);
    assert.equal(
      kinds.reduce((sum, { count }) => sum + count, others),
      1_001,
    );
  });

  it('a stranger who makes kinds without end drives none of a device out', async () => {
    const { telling, told, wait } = setUp();
    telling.note({ resource: 'r0', device: 'd1', reason: 'revoked' });
    for (let n = 0; n < 1_000; n += 1) telling.note({ ...noToken, resource: `r${n}` });
    await wait();
    assert.deepEqual(
      [told[0]?.refusals[0]?.device, told[0]?.refusals[0]?.reason, told[0]?.others?.count],
      ['d1', 'revoked', 800],
    );
  });

  it('goes on telling after a fault of its own', async () => {
    let faults = 1;
    const { telling, state, told, wait } = setUp(() => {
      faults -= 1;
      if (faults >= 0) throw new Error('a fault');
      return 1;
    });
    state.away = true;
    telling.note(noToken);
    await wait();
    state.away = false;
    await wait();
    assert.deepEqual(
      told.map(({ refusals }) => refusals.map(({ count }) => count)),
      [[1]],
    );
  });

  it('while the server is away it adds up, tries ever more rarely, and tells all when it is back', async () => {
    const { telling, state, told, wait } = setUp();
    state.away = true;
    telling.note(noToken);
    const waits = [];
    for (let n = 0; n < 9; n += 1) {
      waits.push(await wait());
      telling.note(noToken);
    }
    assert.deepEqual(waits.slice(0, 4), [1_000, 10_000, 20_000, 40_000]);
    assert.equal(Math.max(...waits), 300_000);
    state.away = false;
    await wait();
    assert.deepEqual(told, [
      { refusals: [{ ...noToken, count: 10, first: start / 1000, last: told[0]?.refusals[0]?.last }] },
    ]);
  });

  it('goes on telling where the clock was set back by months, and does not run round in circles meanwhile', async () => {
    const { telling, clock, told, wait } = setUp();
    telling.note(noToken);
    await wait();
    clock.ms -= 60 * 24 * 3_600_000;
    telling.note(noToken);
    const waits = [await wait(), await wait()];
    assert.ok(waits[0] !== undefined && waits[0] <= 300_000, `${waits[0]} ms`);
    assert.deepEqual(
      told.map(({ refusals }) => refusals.map(({ count }) => count)),
      [[1], [1]],
    );
  });

  it('leaves nothing running, and tells nothing once it is closed', async () => {
    const { telling, timers, told } = setUp();
    telling.note(noToken);
    await telling.close();
    telling.note({ ...noToken, resource: 'other' });
    assert.deepEqual([timers.pending(), told], [[], []]);
  });
});
