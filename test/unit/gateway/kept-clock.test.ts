import assert from 'node:assert/strict';
import { keptClock } from '../../../lib/gateway/kept-clock.ts';
import { memoryStore } from '../../support/memory-store.ts';

const NOW_MS = Date.UTC(2026, 10, 27, 16);
const FAR_AHEAD_MS = Date.UTC(2099, 0, 1);

describe('the kept clock of a gateway', () => {
  const store = memoryStore();
  const log: string[] = [];
  const started = (nowMs: number, wasAhead?: number) =>
    keptClock(store, {
      log: (line) => log.push(line),
      nowMs: () => nowMs,
      ...(wasAhead !== undefined && { wasAhead }),
    });

  before(async () => {
    (await started(FAR_AHEAD_MS)).nowMs();
  });

  it('refuses after the clock was far ahead and is set right, and says at the start which time was seen', async () => {
    assert.equal((await started(NOW_MS)).behind(60), true);
    assert.match(log.join(), /2099-01-01T00:00:00.000Z.*docs\/clock.md/);
  });

  it('goes on by a person’s word, also after the next start', async () => {
    log.splice(0);
    assert.equal((await started(NOW_MS + 60_000, NOW_MS)).behind(0), false);
    assert.equal((await started(NOW_MS + 120_000)).behind(0), false);
    assert.deepEqual(log, []);
  });

  it('takes the same word once: left where it was said, it brings no old date back', async () => {
    (await started(NOW_MS + 3_600_000, NOW_MS)).nowMs();
    assert.equal((await started(NOW_MS + 60_000, NOW_MS)).behind(60), true);
  });

  it('no word puts the mark ahead', async () => {
    assert.equal((await started(NOW_MS + 3_600_000, FAR_AHEAD_MS)).behind(0), false);
  });
});
