/** The replay window against a list that forgets nothing. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createReplayWindow, type ReplayWindow } from '../../../lib/proof/index.ts';
import { proofUse } from '../../../lib/proof/replay-window.ts';
import { fuzz, fuzzTimeoutMs } from '../../support/fuzz.ts';

const runs = 500;
const limits = { limit: 6, limitPerKey: 3 };

interface Taken {
  key: string;
  jti: string;
  expiresAtMs: number;
}
interface Model {
  nowMs: number;
  /** By the clock that nobody sets. */
  steadyMs: number;
  /** The highest time that it was told: a clock that is set back lets nothing pass again. */
  highestMs: number;
  wasSetBack: boolean;
  taken: Taken[];
  seen: Record<'taken' | 'replayed' | 'full', number>;
}
type Step = fc.Command<Model, ReplayWindow>;

const alive = ({ taken, highestMs }: Model, key?: string) =>
  taken.filter((use) => (key === undefined || use.key === key) && Math.ceil(use.expiresAtMs / 1000) > highestMs / 1000);

const take = fc
  .record({
    key: fc.constantFrom('greedy', 'modest', 'third'),
    jti: fc.constantFrom('1', '2', '3', '4', '5'),
    lifeMs: fc.integer({ min: -500, max: 20_000 }),
  })
  .map(
    ({ key, jti, lifeMs }): Step => ({
      check: () => true,
      run(model, window) {
        const expiresAtMs = model.nowMs + lifeMs;
        model.highestMs = Math.max(model.highestMs, model.nowMs);
        const earlier = model.taken.filter((use) => use.key === key && use.jti === jti);
        const answer = window.take(proofUse(key, jti, expiresAtMs), model.nowMs);
        model.seen[answer] += 1;
        if (earlier.some((use) => use.expiresAtMs > model.highestMs))
          assert.equal(answer, 'replayed', 'used, and remembered');
        if (lifeMs <= 0) assert.equal(answer, 'replayed', 'too late');
        // While a clock that was set back has not caught up, nothing is forgotten: then there may be no room.
        if (answer === 'full' && model.nowMs >= model.highestMs && !model.wasSetBack) {
          const full = alive(model).length >= limits.limit || alive(model, key).length >= limits.limitPerKey;
          assert.ok(full, 'refused for want of room that is there');
        }
        if (answer === 'taken') model.taken.push({ key, jti, expiresAtMs });
        assert.ok(window.size() <= limits.limit);
        assert.ok(alive(model, key).length <= limits.limitPerKey, 'one key has more than its share');
      },
      toString: () => `take(${key}, ${jti}, for ${lifeMs} ms)`,
    }),
  );

const clock = fc.constantFrom(1, 400, 1_000, 7_000, 30_000, -5_000).map(
  (ms): Step => ({
    check: () => true,
    run(model, window) {
      model.nowMs += ms;
      model.steadyMs += Math.max(ms, 0);
      if (ms < 0) model.wasSetBack = true;
      model.highestMs = Math.max(model.highestMs, model.nowMs);
      window.hasRoomFor('anybody', model.nowMs);
    },
    toString: () => `clock(${ms} ms)`,
  }),
);

describe('replay window, at random', () => {
  it('takes no proof twice while it could pass, keeps within its limits, and has room for all that fits', function () {
    this.timeout(fuzzTimeoutMs(runs, 20_000));
    const seen = { taken: 0, replayed: 0, full: 0 };
    fc.assert(
      fc.property(fc.commands([take, take, take, clock], { maxCommands: 50, size: '+1' }), (commands) => {
        const start = 1_000_000;
        const begin = () => {
          const model: Model = { nowMs: start, steadyMs: 0, highestMs: 0, wasSetBack: false, taken: [], seen };
          return { model, real: createReplayWindow({ ...limits, steadyMs: () => model.steadyMs }) };
        };
        fc.modelRun(begin, commands);
      }),
      fuzz(runs),
    );
    for (const [answer, times] of Object.entries(seen)) assert.ok(times > 100, `${answer}: only ${times}`);
  });
});
