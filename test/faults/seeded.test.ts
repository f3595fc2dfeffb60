import assert from 'node:assert/strict';
import { seeded } from '../support/seeded.ts';

describe('the choices of these tests', () => {
  const first = () => {
    const choices = seeded('itself');
    return Array.from({ length: 20 }, () => choices.below(1_000));
  };

  it('are the same again by the same seed, and others under another name', () => {
    const once = first();
    assert.deepEqual(first(), once);
    const fork = seeded('itself').fork('a part');
    assert.notDeepEqual(
      Array.from({ length: 20 }, () => fork.below(1_000)),
      once,
    );
    assert.ok(new Set(once).size > 10);
    assert.ok(once.every((choice) => Number.isInteger(choice) && choice >= 0 && choice < 1_000));
  });
});
