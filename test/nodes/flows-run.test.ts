import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import helper from 'node-red-node-test-helper';
import { aFlow, withNodeRed } from './a-flow.ts';

describe('a gateway whose flows run', () => {
  withNodeRed();

  it('hears of it behind the nodes that hold something, and that they change before they do', async () => {
    const flow = await aFlow({ type: 'device-identity', deviceType: 'config', device: 'n-thermostat' });
    const { answers, asked } = flow.fake();
    const said: string[] = [];
    answers.flowsRun = () => {
      said.push('run');
      return () => void said.push('change');
    };
    const { events } = createRequire(import.meta.url)('@node-red/util') as { events: EventEmitter };
    events.emit('flows:started', {});
    await setImmediate();
    assert.deepEqual(said, ['run']);
    const order = asked.map(({ what }) => what);
    assert.ok(order.lastIndexOf('hold device') < order.indexOf('flowsRun'));
    events.emit('flows:stopping', {});
    events.emit('flows:started', {});
    await setImmediate();
    assert.deepEqual(said, ['run', 'change', 'run']);
    await helper.unload();
    assert.equal(said.at(-1), 'change');
    const before = said.length;
    events.emit('flows:started', {});
    await setImmediate();
    assert.equal(said.length, before, 'nobody listens any more');
  });
});
