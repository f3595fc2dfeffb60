import assert from 'node:assert/strict';
import { createHistory } from '../../../../lib/built-in-server/model/history.ts';
import type { Actor } from '../../../../lib/built-in-server/model/records.ts';
import { openTables } from '../../../../lib/built-in-server/model/tables.ts';
import { memoryStore } from '../../../support/memory-store.ts';
import { alice } from './a-home.ts';

describe('history', () => {
  const setUp = () => {
    const history = createHistory(openTables(memoryStore()), () => 1, { all: 20, gateway: 5, other: 3 });
    const add = (by: Actor, count: number, what = 'share_granted') => {
      for (let n = 0; n < count; n += 1) history.add({ what, by, owner: 'alice' });
    };
    const numbers = () => history.list('alice', { limit: 100 }).map(({ number }) => number);
    return { history, add, numbers };
  };

  it('keeps the newest lines', () => {
    const { history, add, numbers } = setUp();
    add(alice, 30);
    assert.deepEqual([numbers().length, numbers().at(-1), history.latest()], [20, 11, 30]);
  });

  const loops: [string, Actor, number][] = [
    ['a gateway', { kind: 'gateway', gateway: 'gw_1', owner: 'alice' }, 5],
    ['a device', { kind: 'device', device: 'lamp' }, 3],
    ['a guest', { kind: 'owner', owner: 'gina' }, 3],
  ];
  for (const [who, by, kept] of loops)
    it(`${who} that does something again and again drives out only lines of its own`, () => {
      const { history, add, numbers } = setUp();
      add(alice, 2, 'panic');
      add({ kind: 'gateway', gateway: 'gw_2' }, 2);
      add(by, 15);
      add(by, 100);
      assert.deepEqual(numbers().slice(-4), [4, 3, 2, 1]);
      assert.equal(numbers().length, 4 + kept);
      assert.equal(history.latest(), 119, 'a number is never given again');
      add(alice, 20);
      assert.deepEqual(
        numbers(),
        Array.from({ length: 20 }, (_, n) => 139 - n),
        'the oldest go first',
      );
    });
});
