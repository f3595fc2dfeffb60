import assert from 'node:assert/strict';
import { createKeySet } from '../../../lib/decision/key-set.ts';
import { createTokenReader, type TokenQuestion } from '../../../lib/decision/token-reader.ts';
import { createVerifiedCache } from '../../../lib/decision/verified-cache.ts';
import type { RptFacts, RptReading } from '../../../lib/uma/rpt.ts';
import { type Home, hashOf, makeHome, makeServerKey, presented, readingOf, requirement } from './small-home.ts';

const NOW_MS = 1_800_000_000_000;

function facts(changes: Partial<RptFacts> = {}): RptFacts {
  const now = NOW_MS / 1000;
  return { device: 'thermostat', issuedAt: now - 10, expiresAt: now + 300, permissions: [], ...changes };
}

function question(token: string, changes: Partial<TokenQuestion> = {}): TokenQuestion {
  return { token, tokenHash: hashOf(token), leewaySeconds: 5, maxAnswerAgeMs: 30_000, ...changes };
}

describe('reading opaque tokens by introspection (F 5)', () => {
  function opaque(answer: (rpt: string) => Promise<RptFacts | undefined>) {
    const time = { nowMs: NOW_MS, heardMs: 0 };
    const asked: string[] = [];
    const late = new AbortController();
    const deadline = { abort: (reason: Error) => late.abort(reason) };
    const read = createTokenReader({
      keySet: createKeySet({ fetchJwks: () => Promise.reject(new Error('not needed')) }),
      nowMs: () => time.nowMs,
      lastHeardMs: () => time.heardMs,
      deadline: () => AbortSignal.any([late.signal]),
    });
    const reading: RptReading = {
      kind: 'introspection',
      introspect: (rpt) => {
        asked.push(rpt);
        return answer(rpt);
      },
    };
    const ask = (token: string, changes?: Partial<TokenQuestion>) => read(reading, question(token, changes));
    return { ask, asked, time, deadline };
  }

  it('asks once for many messages, and again when the answer is too old', async () => {
    const { ask, asked, time } = opaque(async () => facts());
    await Promise.all(Array.from({ length: 20 }, () => ask('a')));
    await ask('a');
    assert.equal(asked.length, 1);
    time.nowMs += 30_001;
    await ask('a');
    assert.equal(asked.length, 2);
  });

  it('does not ask again while the server tells by itself what ends', async () => {
    const { ask, asked, time } = opaque(async () => facts());
    await ask('a');
    time.nowMs += 60_000;
    time.heardMs = time.nowMs;
    await ask('a');
    assert.equal(asked.length, 1);
  });

  it('says when the server spoke, so that the age of its answer counts', async () => {
    const { ask } = opaque(async () => facts());
    assert.equal(Reflect.get(await ask('a'), 'heardMs'), NOW_MS);
  });

  const refusals: [string, () => Promise<RptFacts | undefined>, string][] = [
    ['an inactive token', async () => undefined, 'revoked'],
    [
      'an expired one that the server still calls active',
      async () => facts({ expiresAt: NOW_MS / 1000 - 6 }),
      'expired',
    ],
    ['a server that fails', () => Promise.reject(new Error('down')), 'server_unreachable'],
    ['an answer that makes no sense', async () => ({}) as RptFacts, 'invalid_token'],
  ];
  for (const [name, answer, expected] of refusals) {
    it(`refuses ${name} as ${expected}`, async () => {
      assert.equal(Reflect.get(await opaque(answer).ask('a'), 'reason'), expected);
    });
  }

  it('forgets a token that has become inactive', async () => {
    let active: RptFacts | undefined = facts();
    const { ask, asked, time } = opaque(async () => active);
    await ask('a');
    active = undefined;
    time.nowMs += 30_001;
    assert.equal(Reflect.get(await ask('a'), 'reason'), 'revoked');
    time.heardMs = time.nowMs;
    assert.equal(Reflect.get(await ask('a'), 'reason'), 'revoked');
    assert.equal(asked.length, 3);
  });

  it('does not wait for a server that hangs', async () => {
    const { ask, deadline } = opaque(() => new Promise(() => {}));
    const asked = ask('a');
    deadline.abort(new Error('too late'));
    assert.equal(Reflect.get(await asked, 'reason'), 'server_unreachable');
  });

  it('does not pass a flood of invented tokens on to the server', async () => {
    const { ask, asked, deadline } = opaque(() => new Promise(() => {}));
    const all = Array.from({ length: 200 }, (_, n) => ask(`invented-${n}`));
    await new Promise(setImmediate);
    deadline.abort(new Error('too late'));
    const reasons = (await Promise.all(all)).map((read) => Reflect.get(read, 'reason'));
    assert.equal(asked.length, 50);
    assert.equal(reasons.filter((reason) => reason === 'too_many_requests').length, 150);
  });

  it('serves decisions: an opaque token with its ath passes by the registry alone', async () => {
    let home: Home = await makeHome();
    const permissions = [{ resource: 'dishwasher', scopes: ['start'] }];
    const now = home.time.nowMs / 1000;
    const introspect = async () => facts({ issuedAt: now, expiresAt: now + 60, permissions });
    home = await makeHome({
      reading: () => ({ kind: 'introspection', introspect }),
      lastHeardMs: () => 0,
      deviceLookup: () => ({ state: 'active', thumbprints: [home.thermostat.thumbprint] }),
    });
    const decision = await home.decide(presented('opaque', home.proof('opaque')), requirement(), () => {});
    assert.ok(decision.allowed);
  });
});

describe('reading signed tokens', () => {
  it('says server_unreachable where there are no keys, and verifies again once there are', async () => {
    const home = await makeHome();
    let down = true;
    let nowMs = 0;
    const read = createTokenReader({
      keySet: createKeySet({
        fetchJwks: () => (down ? Promise.reject(new Error('down')) : Promise.resolve(home.serverKey.jwks)),
        monotonicMs: () => nowMs,
      }),
      nowMs: () => home.time.nowMs,
      lastHeardMs: () => 0,
    });
    const token = await home.rpt();
    assert.equal(Reflect.get(await read(readingOf(), question(token)), 'reason'), 'server_unreachable');
    down = false;
    nowMs += 2000;
    assert.ok('facts' in (await read(readingOf(), question(token))));
  });

  it('a token that verified before is worth nothing once the server shows its key no more', async () => {
    const home = await makeHome();
    const successor = makeServerKey('k2');
    let jwks = { keys: [...successor.jwks.keys, ...home.serverKey.jwks.keys] };
    let nowMs = 0;
    const read = createTokenReader({
      keySet: createKeySet({ fetchJwks: () => Promise.resolve(jwks), monotonicMs: () => nowMs }),
      nowMs: () => home.time.nowMs,
      lastHeardMs: () => 0,
    });
    const forged = await home.rpt({ exp: NOW_MS / 1000 + 1_000_000 });
    const reading = readingOf();
    assert.ok('facts' in (await read(reading, question(forged))));
    assert.ok('facts' in read(reading, question(forged)), 'known: answered at once');
    jwks = successor.jwks;
    nowMs += 300_000;
    assert.equal(Reflect.get(await read(reading, question(forged)), 'reason'), 'invalid_token');
  });

  it('does not take a token verified for one audience as verified for another', async () => {
    const home = await makeHome();
    const token = await home.rpt();
    assert.ok('facts' in (await home.readToken(readingOf(), question(token))));
    const other = await home.readToken(readingOf({ audience: 'other' }), question(token));
    assert.equal(Reflect.get(other, 'reason'), 'wrong_audience');
  });

  it('accepts other types where the server is known to write them', async () => {
    const home = await makeHome();
    const token = await home.rpt({}, { typ: 'JWT' });
    assert.ok('facts' in (await home.readToken(readingOf({ types: ['jwt'] }), question(token))));
  });

  it('hands out facts that nobody can change for the next message', async () => {
    const home = await makeHome();
    const read = await home.readToken(readingOf(), question(await home.rpt()));
    assert.ok('facts' in read);
    assert.throws(() => read.facts.permissions.push({ resource: 'oven', scopes: [] }), TypeError);
    assert.throws(() => read.facts.permissions[0]?.scopes.push('stop'), TypeError);
    assert.throws(() => Object.assign(read.facts, { device: 'heater' }), TypeError);
  });
});

describe('the cache of verified tokens', () => {
  it('keeps no more than its limit; the oldest goes first', () => {
    const cache = createVerifiedCache(2);
    const reading = readingOf();
    for (const name of ['a', 'b', 'a', 'c']) cache.put(name, reading, { facts: facts() });
    assert.equal(cache.get('b', reading), undefined);
    assert.ok(cache.get('a', reading) && cache.get('c', reading));
    cache.forget('a');
    assert.equal(cache.get('a', reading), undefined);
  });
});
