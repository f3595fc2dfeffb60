import assert from 'node:assert/strict';
import { readRequests, readShare, readShares } from '../../../lib/servers/owner-answers.ts';

const answer = (json: unknown) => ({ status: 200, headers: new Headers(), json: json as never });

const share = {
  id: 'sh_1',
  version: 1,
  resource: 'res_1',
  party: { kind: 'device', id: 'dev_1' },
  partyName: 'Thermostat',
  scopes: ['start'],
  conditions: { until: 100 },
  owner: 'alice',
};
const request = {
  id: 'rq_1',
  resource: 'res_1',
  resourceName: 'Dishwasher',
  device: 'dev_1',
  deviceName: 'Thermostat',
  scopes: ['start'],
  since: 5,
};

describe('the owner API, read', () => {
  it('reads whole shares and requests, and leaves out what it does not know', () => {
    assert.deepEqual(readShare(answer({ ...share, sentence: 'S', lastUsed: 7 })), { ...share, lastUsed: 7 });
    const named = { ...share, resourceName: 'Dishwasher' };
    assert.deepEqual(readShare(answer(named)), named);
    assert.deepEqual(readShares(answer({ items: [share], next: 'sh_1' })), { items: [share], next: 'sh_1' });
    assert.deepEqual(readShares(answer({ items: [] })), { items: [] });
    assert.deepEqual(readRequests(answer({ items: [{ ...request, sentence: 'S' }] })), [request]);
  });

  it('takes every condition of a share, so that none looks wider than it is', () => {
    const weekly = { timeZone: 'Europe/Berlin', windows: [{ days: [1], from: '08:00', to: '18:00' }] };
    const conditions = { notBefore: 1, until: 2, weekly, once: true, ownKeyOnly: true };
    assert.deepEqual(readShare(answer({ ...share, conditions })).conditions, conditions);
    for (const unknown of [
      { moon: 'full' },
      { until: 'Sunday' },
      { once: false },
      { weekly: 'daily' },
      { weekly: { ...weekly, windows: [] } },
    ]) {
      assert.throws(() => readShare(answer({ ...share, conditions: unknown })), { code: 'invalid_response' });
    }
  });

  for (const name of Object.keys(share)) {
    it(`refuses a share without ${name}`, () => {
      assert.throws(() => readShare(answer({ ...share, [name]: undefined })), { code: 'invalid_response' });
      assert.throws(() => readShares(answer({ items: [share, { ...share, [name]: null }] })), {
        code: 'invalid_response',
      });
    });
  }
  for (const name of Object.keys(request)) {
    it(`refuses a request without ${name}`, () => {
      assert.throws(() => readRequests(answer({ items: [{ ...request, [name]: undefined }] })), {
        code: 'invalid_response',
      });
    });
  }

  it('refuses what is no list', () => {
    for (const json of [undefined, null, [], 'x', {}, { items: {} }, { items: [7] }]) {
      assert.throws(() => readShares(answer(json)), { code: 'invalid_response' });
      assert.throws(() => readRequests(answer(json)), { code: 'invalid_response' });
    }
    assert.throws(() => readShare(answer(undefined)), { code: 'invalid_response' });
  });
});
