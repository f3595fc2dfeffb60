import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createKeyCache, createNonces, createReplayWindow, readPublicKey } from '../../../lib/proof/index.ts';
import { proofUse, type ReplayWindowLimits } from '../../../lib/proof/replay-window.ts';
import { twoKeys } from './crafted-proof.ts';

describe('replay window', () => {
  let steady = 0;
  /** Where both clocks go alike. */
  const at = (nowMs: number): number => {
    steady = nowMs;
    return nowMs;
  };
  const newWindow = (limits: ReplayWindowLimits = {}) => createReplayWindow({ ...limits, steadyMs: () => steady });
  beforeEach(() => at(0));

  it('RFC 9449 11.1: takes a proof once', () => {
    const window = newWindow();
    const use = proofUse('key', 'jti', 60_000);
    assert.equal(window.has(use), false);
    assert.equal(window.take(use, 0), 'taken');
    assert.equal(window.has(use), true);
    assert.equal(window.take(proofUse('key', 'jti', 90_000), at(1)), 'replayed', 'even with another end');
    assert.equal(window.take(proofUse('other', 'jti', 60_000), at(1)), 'taken');
  });

  it('keeps entries short, however long a jti is, and mistakes none for another', () => {
    const id = (jti: string) => proofUse('k'.repeat(43), jti, 0).id;
    assert.ok(Math.max(...['', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(5000)].map((jti) => id(jti).length)) <= 108);
    const long = 'x'.repeat(100);
    const hashed = id(long).slice(44);
    assert.equal(new Set([long, `${long}x`, hashed, `#${hashed}`].map(id)).size, 4);
  });

  it('forgets a proof when its time is over, and takes it no more either', () => {
    const window = newWindow();
    assert.equal(window.take(proofUse('key', 'a', 10_000), at(0)), 'taken');
    assert.equal(window.take(proofUse('key', 'b', 20_500), at(0)), 'taken');
    assert.equal(window.hasRoomFor('key', at(9_999)), true);
    assert.equal(window.size(), 2);
    window.hasRoomFor('key', at(10_000));
    assert.equal(window.size(), 1);
    assert.equal(window.take(proofUse('key', 'a', 10_000), at(10_000)), 'replayed', 'too late is as good as used');
    window.hasRoomFor('key', at(20_500));
    assert.equal(window.size(), 1, 'not before its last second is over');
    window.hasRoomFor('key', at(21_000));
    assert.equal(window.size(), 0);
  });

  it('when full, refuses rather than forgets, until there is room again', () => {
    const window = newWindow({ limit: 3 });
    for (const jti of ['a', 'b', 'c']) assert.equal(window.take(proofUse(`key ${jti}`, jti, 10_000), at(0)), 'taken');
    assert.equal(window.hasRoomFor('key d', at(0)), false);
    assert.equal(window.take(proofUse('key d', 'd', 10_000), at(0)), 'full');
    assert.equal(window.take(proofUse('key a', 'a', 10_000), at(0)), 'replayed', 'still known');
    assert.equal(window.take(proofUse('key d', 'd', 30_000), at(11_000)), 'taken');
  });

  it('one key fills its quota and no more; as its proofs end it has room again', () => {
    const window = newWindow({ limit: 100, limitPerKey: 2 });
    assert.equal(window.take(proofUse('greedy', 'a', 10_000), at(0)), 'taken');
    assert.equal(window.take(proofUse('greedy', 'b', 20_000), at(0)), 'taken');
    assert.equal(window.take(proofUse('greedy', 'c', 20_000), at(0)), 'full');
    assert.equal(window.take(proofUse('modest', 'a', 20_000), at(0)), 'taken');
    assert.equal(window.take(proofUse('greedy', 'd', 30_000), at(10_000)), 'taken');
    assert.equal(window.take(proofUse('greedy', 'e', 30_000), at(10_000)), 'full');
  });

  it('a clock that was ahead, and is set right, keeps no room for good', () => {
    const window = newWindow({ limit: 2 });
    window.hasRoomFor('key', 86_400_000);
    for (const jti of ['a', 'b']) assert.equal(window.take(proofUse('key', jti, 10_000), at(0)), 'taken');
    assert.equal(window.take(proofUse('key', 'c', 10_000), at(1_000)), 'full');
    assert.equal(window.take(proofUse('key', 'c', 30_000), at(11_000)), 'taken');
  });

  it('a clock set back makes it forget nothing', () => {
    const window = newWindow();
    window.take(proofUse('key', 'a', 100_000), 50_000);
    assert.equal(window.take(proofUse('key', 'a', 100_000), 0), 'replayed');
    assert.equal(window.size(), 1);
  });

  it('a clock set ahead and back again makes it forget nothing', () => {
    const window = newWindow();
    assert.equal(window.take(proofUse('key', 'a', 90_000), at(0)), 'taken');
    window.hasRoomFor('key', 3_600_000);
    assert.equal(window.take(proofUse('key', 'a', 90_000), 1_000), 'replayed');
    at(90_000);
    window.hasRoomFor('key', 3_700_000);
    assert.equal(window.size(), 0, 'and keeps it no longer than its time');
  });
});

describe('nonces (RFC 9449 8)', () => {
  it('are good for one to two windows, and not before their time', () => {
    const nonces = createNonces({ windowSeconds: 60 });
    const nonce = nonces.issue(600_000);
    const goodAt = (nowMs: number): boolean => nonces.valid(nonce, nowMs);
    assert.deepEqual([599_999, 600_000, 719_999, 720_000].map(goodAt), [false, true, true, false]);
    assert.equal(nonces.lifetimeMs, 120_000);
  });

  it('RFC 9449 8.1: are of characters that fit a header, and stay the same within a window', () => {
    const nonces = createNonces();
    assert.match(nonces.issue(0), /^[A-Za-z0-9_-]{22}$/);
    assert.equal(nonces.issue(0), nonces.issue(119_999));
    assert.notEqual(nonces.issue(0), nonces.issue(120_000));
  });

  it('are worth nothing after a restart, nor changed, shortened or lengthened', () => {
    const nonces = createNonces();
    const nonce = nonces.issue(0);
    assert.equal(createNonces().valid(nonce, 0), false);
    for (const other of ['', nonce.slice(1), `${nonce}A`, `${nonce} `, nonce.toUpperCase(), 'ü'.repeat(11)]) {
      assert.equal(nonces.valid(other, 0), false, other);
    }
  });
});

describe('key cache', () => {
  it('holds no proof in memory for its header', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const keys = createKeyCache();
    const proof = (index: number) => Buffer.from(`${'h'.repeat(200)}${index}.${'c'.repeat(8_000)}`).toString('latin1');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '' } as const;
    const key = { header: {}, jwk, thumbprint: '', key: createSecretKey(Buffer.alloc(32)) };
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 1_000; index += 1) keys.keep(proof(index).split('.')[0] ?? '', key);
    collect();
    assert.equal(keys.size(), 1_000);
    assert.ok(process.memoryUsage().heapUsed - before < 2_000_000);
  });

  it('keeps as many keys as it may, and those used last', async () => {
    const reading = readPublicKey((await twoKeys()).es256.publicJwk);
    assert.ok(reading.ok);
    const known = { ...reading, header: {} };
    const cache = createKeyCache({ limit: 2 });
    cache.keep('a', known);
    cache.keep('b', known);
    assert.equal(cache.get('a'), known);
    cache.keep('c', known);
    assert.equal(cache.get('b'), undefined);
    assert.equal(cache.get('a'), known);
    assert.equal(cache.size(), 2);
    cache.keep('a', known);
    assert.equal(cache.size(), 2);
    cache.keep('x'.repeat(10_000), known);
    assert.ok(cache.get('a'), 'a header that no honest device writes pushes nothing out');
  });
});
