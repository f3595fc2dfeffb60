import assert from 'node:assert/strict';
import { oneAtATime } from '../../../portal/history/one-at-a-time.ts';

describe('reading a log one at a time', () => {
  /** Readings that answer when they are told to. */
  const readings = () => {
    const begun: string[] = [];
    const answers = new Map<string, (fault?: Error) => void>();
    const read = (name: string) => () => {
      begun.push(name);
      return new Promise<void>((resolve, reject) => {
        answers.set(name, (fault) => (fault ? reject(fault) : resolve()));
      });
    };
    return { begun, read, answer: (name: string, fault?: Error) => answers.get(name)?.(fault) };
  };

  it('asked for again and again while one is under way, there is one more after it, and no two at once', async () => {
    const { begun, read, answer } = readings();
    const run = oneAtATime();
    const first = run(read('1'));
    const last = [run(read('2')), run(read('3'))];
    assert.deepEqual(begun, ['1'], 'an older answer can never come after a newer one');
    answer('1');
    await new Promise(setImmediate);
    assert.deepEqual(begun, ['1', '3']);
    answer('3');
    await Promise.all([first, ...last]);
    const again = run(read('4'));
    assert.deepEqual(begun, ['1', '3', '4']);
    answer('4');
    await again;
  });

  it('one that fails leaves the way free', async () => {
    const { begun, read, answer } = readings();
    const run = oneAtATime();
    const failing = run(read('1'));
    answer('1', new Error('no answer'));
    await assert.rejects(failing, /no answer/);
    const next = run(read('2'));
    assert.deepEqual(begun, ['1', '2']);
    answer('2');
    await next;
  });
});
