import assert from 'node:assert/strict';
import { createTicketLimiter } from '../../../lib/protecting/ticket-limiter.ts';

describe('how many tickets strangers may cause', () => {
  function limiterAt(nowMs = 0, maxSources?: number) {
    const time = { nowMs };
    const limiter = createTicketLimiter({
      nowMs: () => time.nowMs,
      ...(maxSources === undefined ? {} : { maxSources }),
    });
    const taken = (count: number, source = 'a', proved = false) =>
      Array.from({ length: count }, () => limiter.take(source, proved)).filter(Boolean).length;
    return { time, taken };
  }

  it('one source: 30 at once, then 2 a second', () => {
    const { time, taken } = limiterAt();
    assert.equal(taken(100), 30);
    time.nowMs += 1000;
    assert.equal(taken(100), 2);
    time.nowMs += 3_600_000;
    assert.equal(taken(100), 30);
  });

  it('all sources together: 200 at once with a reserve of 20 that only proved messages touch, then 20 a second', () => {
    const { time, taken } = limiterAt();
    let strangers = 0;
    for (let source = 0; source < 50; source += 1) strangers += taken(30, `stranger-${source}`);
    assert.equal(strangers, 180);
    assert.equal(taken(100, 'device', true), 20);
    assert.equal(taken(1, 'another', true), 0);
    time.nowMs += 1000;
    assert.equal(taken(100, 'device-2', true), 20);
  });

  it('what is refused takes nothing from anybody', () => {
    const { taken } = limiterAt();
    taken(10_000, 'flood');
    assert.equal(taken(30, 'quiet'), 30);
  });

  it('tells no more sources apart than its limit', () => {
    const { taken } = limiterAt(0, 2);
    assert.equal(taken(30, 'a'), 30);
    assert.equal(taken(1, 'b'), 1);
    assert.equal(taken(1, 'a'), 0, 'still known');
    assert.equal(taken(1, 'c'), 1);
    assert.equal(taken(1, 'a'), 0, 'a was heard later than b');
    taken(1, 'd');
    taken(1, 'e');
    assert.equal(taken(1, 'a'), 1, 'forgotten');
  });

  it('a clock that goes back gives nothing', () => {
    const { time, taken } = limiterAt(1_000_000);
    taken(30);
    time.nowMs = 0;
    assert.equal(taken(1), 0);
  });
});
