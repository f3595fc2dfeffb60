import assert from 'node:assert/strict';
import type { RptOutcome, ServerChange, Target } from '../../../lib/servers/authorization-server.ts';
import { CALL, counts, granted, type House, hashOf, makeHouse, never } from './fake-house.ts';

const PENDING: RptOutcome = { kind: 'pending', ticket: 'rotated-1' };

describe('an RPT for what was ended is not used again', () => {
  let house: House;
  beforeEach(async () => {
    house = await makeHouse();
  });

  async function outcome(): Promise<string> {
    const answer = await house.requesting.call(CALL, { headers: {}, signal: never() });
    return answer.outcome === 'answered' ? String(answer.statusCode) : `${answer.outcome} ${answer.reason}`;
  }

  const targets: [string, Target, boolean][] = [
    ['its token', { token: hashOf('rpt-1') }, true],
    ['another token', { token: hashOf('rpt-2') }, false],
    ['its share', { share: 'share-1' }, true],
    ['another share', { share: 'share-2' }, false],
    ['its device', { device: 'client-1' }, true],
    ['another device', { device: 'client-2' }, false],
    ['its resource', { resource: 'id-dishwasher' }, true],
    ['another resource', { resource: 'id-oven' }, false],
    ['everything', { everything: 'alice' }, true],
    ['the pair', { pair: { device: 'client-1', resource: 'id-dishwasher', scopes: ['start'] } }, true],
    ['the pair, other scopes', { pair: { device: 'client-1', resource: 'id-dishwasher', scopes: ['stop'] } }, false],
    ['another pair', { pair: { device: 'client-2', resource: 'id-dishwasher', scopes: ['start'] } }, false],
  ];
  for (const [name, target, drops] of targets) {
    it(`${name}: ${drops ? 'dropped' : 'kept'}, in hand and on its way here`, async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      const asking = outcome();
      await new Promise((resolve) => process.nextTick(resolve));
      house.requesting.ended(target);
      assert.equal(await asking, drops ? 'denied revoked' : '200');
      await outcome();
      const before = counts(house).rpt;
      house.requesting.ended(target);
      house.server.answers = [granted(house, 'rpt-2')];
      await outcome();
      assert.equal(counts(house).rpt, before + (drops ? 1 : 0));
    });
  }

  it('a token whose permissions nobody told may be concerned by any share or resource', async () => {
    const unknown: Target[] = [
      { share: 'any' },
      { resource: 'any' },
      { pair: { device: 'client-1', resource: 'any', scopes: [] } },
    ];
    for (const target of unknown) {
      house = await makeHouse();
      house.server.answers = [granted(house, 'rpt-1', { permissions: [] })];
      await outcome();
      house.requesting.ended(target);
      await outcome();
      assert.equal(counts(house).rpt, 2);
    }
  });

  const changes: ServerChange[] = [
    { type: 'share-ended', number: 1, at: 0, share: 'share-1', device: 'client-1', resource: 'id-dishwasher' },
    { type: 'token-revoked', number: 1, at: 0, tokenHash: hashOf('rpt-1') },
    { type: 'device-state', number: 1, at: 0, device: 'client-1', state: 'quarantined' },
    { type: 'panic', number: 1, at: 0, owner: 'alice' },
  ];
  for (const change of changes) {
    it(`${change.type}: the server's word is enough`, async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await outcome();
      house.requesting.changed(change);
      house.server.answers = [PENDING];
      assert.equal(await outcome(), 'pending request_submitted');
    });
  }

  it('a flood of endings while the server is asked counts as the end of everything', async () => {
    house.server.answers = [granted(house, 'rpt-1')];
    const asking = outcome();
    await new Promise((resolve) => process.nextTick(resolve));
    for (let n = 0; n < 500; n += 1) house.requesting.ended({ share: `another-${n}` });
    assert.equal(await asking, 'denied revoked');
  });
});
