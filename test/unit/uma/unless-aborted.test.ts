import assert from 'node:assert/strict';
import { unlessAborted } from '../../../lib/uma/unless-aborted.ts';

describe('waiting unless aborted', () => {
  const open = new AbortController().signal;

  it('work goes on for others when one gives up', async () => {
    const giveUp = new AbortController();
    const work = Promise.resolve('done');
    giveUp.abort(new Error('enough'));
    await assert.rejects(unlessAborted(giveUp.signal, work), /enough/);
    assert.equal(await unlessAborted(undefined, work), 'done');
    assert.equal(await unlessAborted(open, work), 'done');
  });

  it('gives up with the reason of a signal that aborts later', async () => {
    const giveUp = new AbortController();
    const waiting = unlessAborted(giveUp.signal, new Promise(() => {}));
    giveUp.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });
});
