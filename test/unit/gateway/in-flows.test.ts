import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { createInFlowTelling } from '../../../lib/gateway/in-flows.ts';
import type { InFlows } from '../../../lib/servers/reports.ts';

function setUp() {
  const state = { there: { devices: ['d1'], resources: ['r1'] } as InFlows, away: false };
  const told: InFlows[] = [];
  const pauses: number[] = [];
  let wake = () => {};
  const telling = createInFlowTelling({
    there: () => structuredClone(state.there),
    async tell(there) {
      told.push(there);
      if (state.away) throw new Error('away');
    },
    ready: async () => {},
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        pauses.push(ms);
        wake = resolve;
        signal.onabort = () => reject(signal.reason);
      }),
    random: () => 1,
  });
  return { telling, state, told, pauses, wake: () => wake() };
}

describe('telling what is in a flow', () => {
  it('tells all of it once the flows run, and after a deploy again', async () => {
    const { telling, state, told } = setUp();
    const change = telling.run();
    await setImmediate();
    assert.deepEqual(told, [{ devices: ['d1'], resources: ['r1'] }]);
    change();
    state.there = { devices: [], resources: ['r1'] };
    telling.run();
    await setImmediate();
    assert.deepEqual(told.slice(1), [{ devices: [], resources: ['r1'] }]);
  });

  it('tells nothing of flows that are half there: between the end of the old ones and the start of the new', async () => {
    const { telling, state, told } = setUp();
    telling.run()();
    state.there = { devices: [], resources: [] };
    telling.changed({ type: 'alive' });
    await setImmediate();
    assert.deepEqual(told, []);
  });

  it('tells at the next sign of life what was registered meanwhile, and nothing where nothing is new', async () => {
    const { telling, state, told } = setUp();
    telling.run();
    await setImmediate();
    for (let n = 0; n < 3; n += 1) telling.changed({ type: 'alive' });
    await setImmediate();
    assert.equal(told.length, 1);
    state.there = { devices: ['d1', 'd2'], resources: ['r1'] };
    telling.changed({ type: 'alive' });
    await setImmediate();
    assert.deepEqual(told.at(-1)?.devices, ['d1', 'd2']);
    assert.equal(told.length, 2);
  });

  it('tries again, ever more slowly, what the server does not take, and then tells the newest: deploys in a row are one', async () => {
    const { telling, state, told, pauses, wake } = setUp();
    state.away = true;
    telling.run();
    for (let n = 0; n < 12; n += 1) {
      await setImmediate();
      wake();
    }
    await setImmediate();
    assert.deepEqual(pauses.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
    assert.equal(Math.max(...pauses), 300_000);
    const before = told.length;
    for (let n = 0; n < 5; n += 1) {
      state.there = { devices: [`d${n}`], resources: [] };
      telling.run();
    }
    state.away = false;
    wake();
    await setImmediate();
    assert.deepEqual(told.slice(before), [{ devices: ['d4'], resources: [] }]);
  });

  it('tells a server anew that was put back from a backup', async () => {
    const { telling, told } = setUp();
    telling.run();
    await setImmediate();
    telling.changed({ type: 'gap', number: 7, at: 1, owner: 'alice', panic: false });
    await setImmediate();
    assert.equal(told.length, 2);
  });

  it('leaves nothing running', async () => {
    const { telling, state } = setUp();
    state.away = true;
    telling.run();
    await setImmediate();
    await telling.close();
    telling.changed({ type: 'alive' });
  });
});
