import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { createRequestWatch } from '../../../lib/gateway/request-watch.ts';
import type { ShareRequest } from '../../../lib/sharing/share.ts';

const about = { resource: 'r', resourceName: 'Dishwasher', device: 'd', deviceName: 'Thermostat', scopes: ['start'] };
const aRequest = (id: string): ShareRequest => ({ id, ...about, since: 1 });
const made = (request: string) =>
  ({ type: 'request-made', number: 1, at: 1, request, device: 'd', resource: 'r' }) as const;

describe('watching for new requests', () => {
  const setUp = () => {
    const open: ShareRequest[] = [];
    const state = { reads: 0, away: false };
    const log: string[] = [];
    const watch = createRequestWatch({
      async owner() {
        return {
          async requests() {
            state.reads += 1;
            if (state.away) throw new Error('away');
            return [...open];
          },
        };
      },
      log: (line) => log.push(line),
    });
    const heard: string[] = [];
    const stop = watch.watch(({ id }) => heard.push(id));
    return { watch, open, state, log, heard, stop };
  };

  it('tells each once, and reads once for many that come together', async () => {
    const { watch, open, state, heard } = setUp();
    open.push(aRequest('one'), aRequest('two'), aRequest('older'));
    watch.changed(made('one'));
    watch.changed(made('two'));
    await setImmediate();
    assert.deepEqual(heard.sort(), ['one', 'two']);
    watch.changed({ type: 'alive' });
    await setImmediate();
    assert.ok(state.reads <= 2);
    assert.equal(heard.length, 2);
  });

  it('says nothing of one that was answered before it could be read', async () => {
    const { watch, heard } = setUp();
    watch.changed(made('gone'));
    await setImmediate();
    assert.deepEqual(heard, []);
  });

  it('tries again with the next sign of life, and complains once', async () => {
    const { watch, open, state, log, heard } = setUp();
    open.push(aRequest('one'));
    state.away = true;
    watch.changed(made('one'));
    await setImmediate();
    watch.changed({ type: 'alive' });
    await setImmediate();
    assert.deepEqual([heard, log.length], [[], 1]);
    state.away = false;
    watch.changed({ type: 'alive' });
    await setImmediate();
    assert.deepEqual(heard, ['one']);
  });

  it('asks nobody while nobody listens', async () => {
    const { watch, state, stop } = setUp();
    stop();
    watch.changed(made('one'));
    watch.changed({ type: 'alive' });
    await setImmediate();
    assert.equal(state.reads, 0);
  });
});
