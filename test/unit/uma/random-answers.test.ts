/** What servers and resources may say, at random: readers throw nothing but their own error, and read what was written. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatChallenge, parseChallenges } from '../../../lib/uma/challenge.ts';
import { InvalidChallengeError, InvalidResponseError } from '../../../lib/uma/errors.ts';
import { readPermissions, toWire } from '../../../lib/uma/permission-list.ts';
import { readRequiredClaims } from '../../../lib/uma/required-claim.ts';
import { rptFacts } from '../../../lib/uma/rpt-facts.ts';
import { formatUmaChallenge, readUmaChallenges } from '../../../lib/uma/uma-challenge.ts';
import { fuzz, oddTexts, pollution, watchPrototypes } from '../../support/fuzz.ts';

const runs = 2_000;
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const quotable = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(...oddTexts, JSON.parse(pollution), 1e308, -1),
);

/** Runs it; an error of this kind is an answer like any other. */
function orOwn<T>(kind: new (...given: never[]) => Error, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof kind, String(error));
    return undefined;
  }
}

describe('uma: WWW-Authenticate, at random', () => {
  /** The grammar's own pieces in any order: more of them hit a corner than characters do. */
  const header = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          'UMA',
          'DPoP',
          ' ',
          '\t',
          ',',
          '=',
          '"',
          '\\',
          'a',
          'realm',
          'as_uri="x"',
          'ticket=',
          'e30==',
          'é',
          '\0',
        ),
        {
          maxLength: 20,
        },
      )
      .map((pieces) => pieces.join('')),
  );

  it('RFC 9110 11.6.1: a header is read, or refused by an error that holds nothing of it', () => {
    fc.assert(
      fc.property(header, (text) => {
        const read = orOwn(InvalidChallengeError, () => parseChallenges(text));
        orOwn(InvalidChallengeError, () => readUmaChallenges(text));
        for (const { scheme, parameters } of read ?? []) {
          assert.equal(scheme, scheme.toLowerCase());
          for (const name of parameters.keys()) assert.equal(name, name.toLowerCase());
        }
      }),
      fuzz(runs),
    );
  });

  it('RFC 9110 5.6.4: what was written is read again, several in one header too', () => {
    const challenge = fc.record({
      scheme: token,
      parameters: fc.uniqueArray(fc.tuple(token, quotable), { selector: ([name]) => name.toLowerCase(), maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 4 }), (challenges) => {
        const written = challenges.map(({ scheme, parameters }) => {
          const own = Object.create(null) as Record<string, string>;
          for (const [name, value] of parameters) own[name] = value;
          return formatChallenge(scheme, own);
        });
        const read = parseChallenges(written.join(', '));
        // A name is read in lower case, and digits come first where an object keeps its members.
        const sorted = (pairs: Iterable<[string, string]>) => [...pairs].sort();
        assert.deepEqual(
          read.map(({ scheme, parameters }) => [scheme, sorted(parameters)]),
          challenges.map(({ scheme, parameters }) => [
            scheme.toLowerCase(),
            sorted(parameters.map(([name, value]) => [name.toLowerCase(), value])),
          ]),
        );
      }),
      fuzz(runs),
    );
  });

  it('UMA Grant 3.2.1: as_uri and ticket come back as they were, whatever is in them', () => {
    const text = quotable.filter((value) => value !== '');
    fc.assert(
      fc.property(
        fc.record({ asUri: text, ticket: text }, { noNullPrototype: true }),
        fc.option(quotable, { nil: undefined }),
        (given, realm) => {
          const challenge = realm === undefined ? given : { ...given, realm };
          assert.deepEqual(readUmaChallenges(formatUmaChallenge(challenge)), [challenge]);
        },
      ),
      fuzz(runs),
    );
  });
});

describe('uma: JSON of servers, at random', () => {
  it('permissions, claims and tokens are read or refused, and change no prototype', () => {
    const unchanged = watchPrototypes();
    const permission = fc.record(
      { resource_id: json, resource_scopes: fc.oneof(json, fc.array(json)), exp: json, nbf: json, share: json },
      { requiredKeys: [] },
    );
    const list = fc.oneof(json, fc.array(fc.oneof(permission, json), { maxLength: 3 }));
    const members = fc.record(
      {
        client_id: json,
        sub: json,
        iat: json,
        exp: json,
        nbf: json,
        cnf: fc.oneof(json, fc.record({ jkt: json })),
        permissions: list,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(members, list, (claims, value) => {
        readPermissions(value);
        readRequiredClaims(value);
        const facts = orOwn(InvalidResponseError, () => rptFacts(claims));
        unchanged();
        if (facts === undefined) return;
        for (const { resource, scopes } of facts.permissions)
          assert.ok(typeof resource === 'string' && scopes.every((scope) => typeof scope === 'string'));
        assert.equal(typeof facts.issuedAt, 'number');
        assert.ok(!Number.isNaN(facts.expiresAt));
      }),
      fuzz(runs),
    );
  });

  it('F 4.1: permissions in their wire form are read again', () => {
    const text = fc.string({ minLength: 1 });
    const permissions = fc.array(
      fc.record({ resource: text, scopes: fc.array(fc.string()) }, { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(permissions, (given) => assert.deepEqual(readPermissions(given.map(toWire)), given)),
      fuzz(runs),
    );
  });
});
