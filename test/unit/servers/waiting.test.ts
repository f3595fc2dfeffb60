import assert from 'node:assert/strict';
import { createBell } from '../../../lib/servers/bell.ts';
import { createSingleFlight } from '../../../lib/servers/single-flight.ts';
import { createBackoff, sleep } from '../../../lib/servers/waiting.ts';

const open = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('waiting', () => {
  it('a pause ends with its signal’s own reason, and leaves nothing behind', async () => {
    const giveUp = new AbortController();
    const paused = sleep(60_000, giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(paused, /enough/);
    await assert.rejects(sleep(0, giveUp.signal), /enough/);
    await sleep(0, open);
  });

  it('pauses grow to a limit, begin anew, and are somewhat random', () => {
    const backoff = createBackoff({ firstMs: 100, mostMs: 350, random: () => 1 });
    assert.deepEqual([backoff.nextMs(), backoff.nextMs(), backoff.nextMs(), backoff.nextMs()], [100, 200, 350, 350]);
    backoff.reset();
    assert.equal(backoff.nextMs(), 100);
    assert.equal(createBackoff({ firstMs: 100, mostMs: 350, random: () => 0 }).nextMs(), 50);
  });
});

describe('a single flight', () => {
  it('is shared by all who come while it is under way, and flown anew afterwards', async () => {
    let flights = 0;
    const fly = createSingleFlight(async () => ++flights, open);
    assert.deepEqual(await Promise.all([fly(), fly()]), [1, 1]);
    assert.equal(await fly(), 2);
  });

  it('lets everybody hear of a failure, and nobody be surprised by it who has gone', async () => {
    const fly = createSingleFlight(async () => {
      throw new Error('away');
    }, open);
    const giveUp = new AbortController();
    const gone = fly(giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(gone, /enough|away/);
    await assert.rejects(fly(), /away/);
  });

  it('does not take off once closed', async () => {
    const closing = new AbortController();
    closing.abort(new Error('closed'));
    const fly = createSingleFlight(async () => assert.fail('it took off'), closing.signal);
    await assert.rejects(fly(), /closed/);
    await assert.rejects(fly(), /closed/);
  });
});

describe('a bell', () => {
  it('wakes who waits, and keeps one ring for the next', async () => {
    const bell = createBell();
    let woken = 0;
    const wait = () => bell.rung(open).then(() => (woken += 1));
    const first = wait();
    await settled();
    assert.equal(woken, 0);
    bell.ring();
    await first;
    bell.ring();
    bell.ring();
    await wait();
    const third = wait();
    await settled();
    assert.equal(woken, 2);
    bell.ring();
    await third;
  });

  it('is not rung for one who has left', async () => {
    const bell = createBell();
    const leaving = new AbortController();
    const gone = bell.rung(leaving.signal);
    leaving.abort(new Error('enough'));
    await assert.rejects(gone, /enough/);
    bell.ring();
    await bell.rung(open);
  });
});
