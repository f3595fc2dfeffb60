import assert from 'node:assert/strict';
import { addressKey, createAttemptLimiter } from '../../../lib/built-in-server/api/attempt-limiter.ts';

function limited(enabled = true) {
  const clock = { ms: 1_000 };
  const limiter = createAttemptLimiter({ burst: 3, everyMs: 100, nowMs: () => clock.ms, enabled });
  const passes = (key: string) => {
    try {
      limiter.count(key);
      return true;
    } catch {
      return false;
    }
  };
  return { clock, limiter, passes };
}

describe('attempt limiter', () => {
  it('lets a burst pass and then one at a time', () => {
    const { clock, passes } = limited();
    assert.deepEqual([passes('a'), passes('a'), passes('a'), passes('a')], [true, true, true, false]);
    assert.equal(passes('b'), true, 'another key is not touched');
    clock.ms += 100;
    assert.deepEqual([passes('a'), passes('a')], [true, false]);
  });

  it('says when to come back', () => {
    const { limiter } = limited();
    for (let n = 0; n < 3; n += 1) limiter.count('a');
    assert.throws(() => limiter.count('a'), {
      status: 429,
      code: 'too_many_requests',
      headers: { 'retry-after': '1' },
    });
  });

  it('forgives whoever was right, and does nothing when off', () => {
    const { limiter, passes } = limited();
    for (let n = 0; n < 3; n += 1) limiter.count('a');
    limiter.forgive('a');
    assert.equal(passes('a'), true);
    const off = limited(false);
    assert.equal(Array.from({ length: 50 }, () => off.passes('a')).every(Boolean), true);
  });

  it('gives back one that was right, and only that', () => {
    const { limiter, passes } = limited();
    for (let n = 0; n < 3; n += 1) limiter.count('a');
    limiter.uncount('a');
    limiter.uncount('nobody');
    assert.deepEqual([passes('a'), passes('a')], [true, false]);
  });

  it('keeps nobody out for longer than before where the clock was ahead and is set right', () => {
    const { clock, limiter, passes } = limited();
    clock.ms += 1e12;
    limiter.count('a');
    limiter.uncount('a');
    clock.ms -= 1e12;
    assert.deepEqual([passes('a'), passes('a')], [true, false]);
    clock.ms += 100;
    assert.deepEqual([passes('a'), passes('a')], [true, false]);
  });

  it('remembers a bounded number of keys', () => {
    const { passes } = limited();
    for (let n = 0; n < 3; n += 1) passes('first');
    for (let n = 0; n < 10_000; n += 1) passes(`key ${n}`);
    assert.equal(passes('first'), true, 'the key used longest ago was forgotten');
  });

  it('counts the addresses of one subscriber as one', () => {
    assert.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(addressKey('::1'), '::1');
    assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
    assert.equal(addressKey('2001:db8::6'), '2001:db8:0:0');
  });
});
