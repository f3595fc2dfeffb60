/** What the owner API and its events may say, at random. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRequests, readShare, readShares } from '../../../lib/servers/owner-answers.ts';
import { readServerChange } from '../../../lib/servers/server-change.ts';
import { InvalidResponseError } from '../../../lib/uma/errors.ts';
import { fuzz, oddTexts, pollution, watchPrototypes } from '../../support/fuzz.ts';

const runs = 2_000;
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(...oddTexts, JSON.parse(pollution)));
const answer = (value: unknown) => ({ status: 200, headers: new Headers(), json: value as never });
const text = fc.string({ minLength: 1 });

const plain = { noNullPrototype: true };

const share = fc.record(
  {
    id: text,
    version: fc.nat(),
    resource: text,
    party: fc.record({ kind: fc.constantFrom('device', 'person'), id: text }, plain),
    partyName: fc.string(),
    scopes: fc.array(fc.string()),
    conditions: fc.record(
      { notBefore: fc.nat(), until: fc.nat(), once: fc.constant(true) },
      { ...plain, requiredKeys: [] },
    ),
    owner: text,
  },
  plain,
);
const request = fc.record(
  {
    id: text,
    resource: text,
    resourceName: fc.string(),
    device: text,
    deviceName: fc.string(),
    scopes: fc.array(fc.string()),
    since: fc.nat(),
  },
  plain,
);

/** A good one with some of its members replaced or gone. */
function spoilt(good: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  const spoil = fc.dictionary(
    fc.constantFrom('id', 'version', 'party', 'scopes', 'conditions', 'owner', 'since'),
    json,
  );
  return fc.tuple(good, spoil).map(([whole, members]) => ({ ...whole, ...members }));
}

describe('the owner API’s answers, at random', () => {
  it('whole ones come back as they were', () => {
    fc.assert(
      fc.property(fc.array(share), fc.array(request), text, (shares, requests, next) => {
        for (const one of shares) assert.deepEqual(readShare(answer(one)), one);
        assert.deepEqual(readShares(answer({ items: shares, next })), { items: shares, next });
        assert.deepEqual(readRequests(answer({ items: requests })), requests);
      }),
      fuzz(300),
    );
  });

  it('others are refused by the one error that says so, and change no prototype', () => {
    const unchanged = watchPrototypes();
    const item = fc.oneof(json, spoilt(share), spoilt(request));
    const value = fc.oneof(item, fc.array(item), fc.record({ items: fc.oneof(json, fc.array(item)), next: json }));
    fc.assert(
      fc.property(value, (given) => {
        for (const read of [readShare, readShares, readRequests]) {
          try {
            read(answer(given));
          } catch (error) {
            assert.ok(error instanceof InvalidResponseError, String(error));
          }
        }
        unchanged();
      }),
      fuzz(runs),
    );
  });
});

describe('the server’s events, at random', () => {
  it('are understood or left, and never half', () => {
    const unchanged = watchPrototypes();
    const type = fc.constantFrom(
      'share-ended',
      'device-state',
      'panic',
      'gap',
      'token-revoked',
      'constructor',
      '__proto__',
    );
    const change = fc.record(
      {
        type,
        at: fc.oneof(fc.nat(), json),
        share: json,
        device: json,
        resource: json,
        state: json,
        owner: json,
        tokenHash: json,
      },
      { requiredKeys: ['type'] },
    );
    const data = fc.oneof(
      fc.oneof(change, json).map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.nat().map(String), fc.string()), data, (id, said) => {
        const read = readServerChange(id, said);
        unchanged();
        if (read === undefined) return;
        assert.ok(Number.isSafeInteger(read.number));
        for (const value of Object.values(read)) assert.notEqual(typeof value, 'object');
      }),
      fuzz(runs),
    );
  });
});
