import assert from 'node:assert/strict';
import { type Attempt, createAttempts } from '../../../lib/node-red/attempts.ts';

function anAttempt(url: string): Attempt {
  const wish = { device: 'd', scopes: [], method: 'GET', url };
  return { wish, before: {}, umaAnswered: false, nonceAnswered: false };
}

describe('requests kept for a 401 that is wired back', () => {
  it('are kept for a minute', () => {
    let now = 0;
    const attempts = createAttempts('node', () => now);
    const [early, late] = [attempts.keep(anAttempt('a')), attempts.keep(anAttempt('b'))];
    now = 59_999;
    assert.equal(attempts.take(early)?.wish.url, 'a');
    now = 60_000;
    assert.equal(attempts.take(late), undefined);
  });

  it('are at most a hundred: the oldest goes', () => {
    const attempts = createAttempts('node', () => 0);
    const ids = Array.from({ length: 101 }, (_, index) => attempts.keep(anAttempt(String(index))));
    const found = ids.filter((id) => attempts.take(id));
    assert.deepEqual([found.length, found.includes(ids[0] ?? '')], [100, false]);
  });

  it('belong to their node, also after they were forgotten', () => {
    const attempts = createAttempts('node', () => 0);
    const id = attempts.keep(anAttempt('a'));
    attempts.clear();
    assert.deepEqual(
      [attempts.owns(id), attempts.take(id), attempts.owns('other.1'), attempts.owns(undefined)],
      [true, undefined, false, false],
    );
  });
});
