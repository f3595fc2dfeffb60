import assert from 'node:assert/strict';
import type { ReturnedChallenge } from '../../../lib/requesting/call-wish.ts';
import { createOriginNonces } from '../../../lib/requesting/origin-nonces.ts';
import { createRptMemory, rptKey } from '../../../lib/requesting/rpt-memory.ts';
import { ASK_RESOURCE, CALL, challenge, counts, granted, type House, makeHouse, never, START } from './fake-house.ts';

describe('headers for a request that another node sends', () => {
  let house: House;
  beforeEach(async () => {
    house = await makeHouse();
    house.server.answers = [granted(house, 'rpt-1')];
  });

  const headers = (wish = CALL, back?: ReturnedChallenge) => house.requesting.headers(wish, back, never());
  const uma = (asUri?: string): ReturnedChallenge => ({
    wwwAuthenticate: challenge('ticket-of-resource', asUri).headers.get('www-authenticate') ?? '',
  });

  it('carry the token and a fresh proof for exactly this request', async () => {
    const proved = await headers();
    assert.ok(proved.outcome === 'allowed');
    assert.equal(proved.url, START);
    assert.equal(proved.authorization, 'DPoP rpt-1');
    assert.equal(claimsOf(proved.dpop).htu, START);
    const again = await headers();
    assert.ok(again.outcome === 'allowed');
    assert.notEqual(claimsOf(again.dpop).jti, claimsOf(proved.dpop).jti);
    assert.equal(counts(house).rpt, 1);
  });

  it('are "not yet" where the RPT is', async () => {
    house.server.answers = [{ kind: 'pending' }];
    assert.equal((await headers()).outcome, 'pending');
  });

  it('say nothing at first where the resource has to be asked, and carry the token once it has answered', async () => {
    const first = await headers(ASK_RESOURCE);
    assert.deepEqual(first, { outcome: 'allowed', url: START, device: 'thermostat' });
    const second = await headers(ASK_RESOURCE, uma());
    assert.equal(Reflect.get(second, 'authorization'), 'DPoP rpt-1');
    assert.deepEqual(house.server.asked.at(-1)?.ask, { ticket: 'ticket-of-resource' });
  });

  it('after a UMA challenge: with another RPT, since the one at hand was not enough', async () => {
    await headers();
    house.server.answers = [granted(house, 'rpt-2')];
    assert.equal(Reflect.get(await headers(CALL, uma()), 'authorization'), 'DPoP rpt-2');
  });

  it('RFC 9449 9: after a nonce challenge with the same RPT and the nonce', async () => {
    await headers();
    const back = { wwwAuthenticate: 'DPoP error="use_dpop_nonce"', nonce: 'n1' };
    const proved = await headers(CALL, back);
    assert.ok(proved.outcome === 'allowed');
    assert.equal(proved.authorization, 'DPoP rpt-1');
    assert.equal(claimsOf(proved.dpop).nonce, 'n1');
  });

  it('after a challenge of a stranger: none, and nobody is asked', async () => {
    const answer = await headers(ASK_RESOURCE, uma('http://evil.example'));
    assert.equal(Reflect.get(answer, 'reason'), 'unknown_server');
    assert.deepEqual(counts(house), { rpt: 0, ticket: 0 });
  });

  it('after any other no: that no, and the RPT is not used again', async () => {
    await headers();
    const answer = await headers(CALL, { wwwAuthenticate: 'DPoP error="invalid_token"' });
    assert.equal(Reflect.get(answer, 'reason'), 'invalid_token');
    await headers();
    assert.equal(counts(house).rpt, 2);
    assert.equal(Reflect.get(await headers(ASK_RESOURCE, {}), 'reason'), 'no_uma_challenge');
  });

  it('are unreachable for a resource that is not registered yet', async () => {
    assert.equal((await headers({ ...CALL, resource: 'oven' })).outcome, 'unreachable');
  });
});

describe('what is remembered is bounded', () => {
  it('nonces: a hundred origins, and nothing that is none', () => {
    const nonces = createOriginNonces(2);
    nonces.put('a', 'n1');
    nonces.put('b', 'n2');
    nonces.put('a', 'n3');
    nonces.put('c', 'n4');
    assert.deepEqual(['a', 'b', 'c'].map(nonces.get), ['n3', undefined, 'n4']);
    for (const bad of [null, undefined, '', 'a b', 'x'.repeat(513)]) nonces.put('c', bad);
    assert.equal(nonces.get('c'), 'n4');
  });

  it('RPTs and open questions: a thousand, the least used goes first', () => {
    const memory = createRptMemory(2);
    const wish = { device: 'd', origin: 'o', path: '/', scopes: [] };
    const entry = {
      state: 'waiting',
      device: 'd',
      tries: 0,
      untilMs: 0,
      answer: { outcome: 'denied', reason: 'x', hint: { key: 'x' } },
    } as const;
    memory.put('a', wish, { ...entry });
    memory.put('b', wish, { ...entry });
    assert.ok(memory.get('a'));
    memory.put('c', wish, { ...entry });
    assert.equal(memory.get('b'), undefined);
    assert.ok(memory.get('a') && memory.get('c'));
    assert.notEqual(rptKey(wish), rptKey({ ...wish, path: '/other' }));
    assert.equal(rptKey({ ...wish, resource: 'r' }), rptKey({ ...wish, resource: 'r', path: '/other' }));
  });

  it('questions on their way: a thousand', async () => {
    const house = await makeHouse({ resourceId: (key) => key });
    house.server.answers = [granted(house, 'rpt', { permissions: [] })];
    const all = await Promise.all(
      Array.from({ length: 1001 }, (_, n) =>
        house.requesting.headers({ ...CALL, resource: `r${n}` }, undefined, never()),
      ),
    );
    assert.equal(all.filter((answer) => Reflect.get(answer, 'reason') === 'too_many_requests').length, 1);
  });
});

function claimsOf(proof: string | undefined): { htu?: string; jti?: string; nonce?: string } {
  return JSON.parse(Buffer.from(proof?.split('.')[1] ?? '', 'base64url').toString());
}
