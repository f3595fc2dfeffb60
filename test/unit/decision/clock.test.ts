import assert from 'node:assert/strict';
import { createClock } from '../../../lib/decision/clock.ts';

describe('the clock of decisions', () => {
  function clockAt(nowMs: number, stored?: number) {
    const time = { nowMs };
    const written: number[] = [];
    const clock = createClock({
      nowMs: () => time.nowMs,
      readHighest: () => stored,
      writeHighest: (highestMs) => void written.push(highestMs),
    });
    return { clock, time, written };
  }

  it('is not behind at first, nor as it goes on', () => {
    const { clock, time } = clockAt(1000);
    assert.equal(clock.behind(0), false);
    time.nowMs += 10_000;
    assert.equal(clock.nowMs(), 11_000);
    assert.equal(clock.behind(0), false);
  });

  it('is behind when it was set back by more than the leeway, until it has caught up', () => {
    const { clock, time } = clockAt(100_000);
    clock.nowMs();
    time.nowMs = 94_999;
    assert.equal(clock.behind(5), true);
    assert.equal(clock.behind(6), false);
    time.nowMs = 95_000;
    assert.equal(clock.behind(5), false);
  });

  it('is behind after a restart with an old date', () => {
    const { clock, time } = clockAt(5, 1_000_000);
    assert.equal(clock.behind(300), true);
    time.nowMs = 1_000_000;
    assert.equal(clock.behind(0), false);
  });

  it('writes its mark at once after a longer time, and then at most once a minute', () => {
    const { clock, time, written } = clockAt(1_000_000, 900_000);
    clock.nowMs();
    for (let second = 0; second < 180; second += 1) {
      time.nowMs += 1000;
      clock.nowMs();
    }
    assert.deepEqual(written, [1_000_000, 1_060_000, 1_120_000, 1_180_000]);
    time.nowMs = 0;
    clock.nowMs();
    assert.equal(written.length, 4, 'and never an older one');
  });

  it('knows the latest moment there was, whatever the clock says since', () => {
    const { clock, time } = clockAt(100_000, 90_000);
    assert.equal(clock.latestMs(), 100_000);
    time.nowMs = 40_000;
    assert.equal(clock.latestMs(), 100_000);
    time.nowMs = 200_000;
    assert.equal(clock.latestMs(), 200_000);
  });

  it('goes on in memory where its mark cannot be written, and tries again a minute later', () => {
    let tries = 0;
    let nowMs = 1_000_000;
    const writeHighest = (): never => {
      tries += 1;
      throw new Error('the disk is full');
    };
    const clock = createClock({ nowMs: () => nowMs, readHighest: () => undefined, writeHighest });
    assert.equal(clock.nowMs(), 1_000_000);
    nowMs += 59_000;
    assert.equal(clock.nowMs(), 1_059_000);
    assert.equal(tries, 1);
    nowMs += 1_000;
    clock.nowMs();
    assert.equal(tries, 2);
    nowMs = 0;
    assert.equal(clock.behind(60), true);
  });

  it('is behind where time is not a number', () => {
    assert.equal(clockAt(Number.NaN, 1).clock.behind(5), true);
  });
});
