import assert from 'node:assert/strict';
import { createHeldToken, type TimedToken } from '../../../lib/servers/held-token.ts';

const HOUR_MS = 3_600_000;

function bench(lifeMs = HOUR_MS) {
  const clock = { ms: 1_000_000 };
  const waiting: { give(): void; fail(error: Error): void; signal: AbortSignal }[] = [];
  let number = 0;
  const held = createHeldToken({
    nowMs: () => clock.ms,
    fetch: (signal) =>
      new Promise<TimedToken>((resolve, reject) => {
        number += 1;
        const token = `token ${number}`;
        waiting.push({ give: () => resolve({ token, expiresAtMs: clock.ms + lifeMs }), fail: reject, signal });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  return { held, clock, waiting };
}

/** Whatever was settled has been heard of. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a held token', () => {
  it('is fetched once for all who ask at the same time', async () => {
    const { held, waiting } = bench();
    const asked = [held.get(), held.get(), held.get()];
    waiting[0]?.give();
    assert.deepEqual(await Promise.all(asked), ['token 1', 'token 1', 'token 1']);
    assert.equal(await held.get(), 'token 1');
    assert.equal(waiting.length, 1);
  });

  it('is renewed before it expires, while the old one still serves', async () => {
    const { held, waiting, clock } = bench();
    const first = held.get();
    waiting[0]?.give();
    await first;
    clock.ms += HOUR_MS - 20_000;
    assert.equal(await held.get(), 'token 1');
    assert.equal(await held.get(), 'token 1');
    assert.equal(waiting.length, 2);
    waiting[1]?.give();
    await settled();
    assert.equal(await held.get(), 'token 2');
  });

  it('serves no more right before its end', async () => {
    const { held, waiting, clock } = bench();
    const first = held.get();
    waiting[0]?.give();
    await first;
    clock.ms += HOUR_MS - 1_000;
    const next = held.get();
    waiting[1]?.give();
    assert.equal(await next, 'token 2');
  });

  it('tries a failed renewal again only after a while, and says nothing while the old one serves', async () => {
    const { held, waiting, clock } = bench();
    const first = held.get();
    waiting[0]?.give();
    await first;
    clock.ms += HOUR_MS - 20_000;
    await held.get();
    waiting[1]?.fail(new Error('away'));
    await settled();
    assert.equal(await held.get(), 'token 1');
    assert.equal(waiting.length, 2);
    clock.ms += 6_000;
    assert.equal(await held.get(), 'token 1');
    assert.equal(waiting.length, 3);
  });

  it('fails for all who wait, and is fetched anew for the next', async () => {
    const { held, waiting } = bench();
    const asked = [held.get(), held.get()];
    waiting[0]?.fail(new Error('away'));
    for (const one of asked) await assert.rejects(one, /away/);
    const next = held.get();
    waiting[1]?.give();
    assert.equal(await next, 'token 2');
  });

  it('is not given out again once dropped; one that came since is kept', async () => {
    const { held, waiting } = bench();
    const first = held.get();
    waiting[0]?.give();
    const token = await first;
    held.drop(token);
    const second = held.get();
    waiting[1]?.give();
    assert.equal(await second, 'token 2');
    held.drop(token);
    assert.equal(await held.get(), 'token 2');
  });

  it('lets one who gives up go, and serves the others', async () => {
    const { held, waiting } = bench();
    const giveUp = new AbortController();
    const gone = held.get(giveUp.signal);
    const stays = held.get();
    const reason = new Error('enough');
    giveUp.abort(reason);
    await assert.rejects(gone, reason);
    assert.equal(waiting[0]?.signal.aborted, false);
    waiting[0]?.give();
    assert.equal(await stays, 'token 1');
  });

  it('ends what is under way when closed, and gives nothing afterwards', async () => {
    const { held, waiting } = bench();
    const asked = held.get();
    held.close();
    await assert.rejects(asked, { name: 'AbortError' });
    assert.equal(waiting[0]?.signal.aborted, true);
    await assert.rejects(held.get(), { name: 'AbortError' });
  });
});
