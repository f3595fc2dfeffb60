import assert from 'node:assert/strict';
import { InvalidResponseError, rptFacts } from '../../../lib/uma/index.ts';

const NOW = { now: 1_000, leewaySeconds: 10 };
const VIEW = { resource_id: 'r1', resource_scopes: ['view'] };
const CLAIMS = { iat: 900, exp: 1_200, permissions: [VIEW] };

describe('uma: what an RPT says', () => {
  it('F 5.1.1, RFC 9068 2.2, RFC 9449 6.1: client, party, key, times and permissions', () => {
    const claims = {
      ...CLAIMS,
      client_id: 'thermostat',
      sub: 'alice',
      cnf: { jkt: 'thumb' },
      permissions: [{ ...VIEW, exp: 1_100, share: 's1' }],
    };
    assert.deepEqual(rptFacts(claims, NOW), {
      device: 'thermostat',
      requestingParty: 'alice',
      jkt: 'thumb',
      issuedAt: 900,
      expiresAt: 1_200,
      permissions: [{ resource: 'r1', scopes: ['view'], exp: 1_100, share: 's1' }],
    });
  });

  it('what is not said is absent, and what is of the wrong kind is not said', () => {
    const expected = { issuedAt: 900, expiresAt: 1_200, permissions: [{ resource: 'r1', scopes: ['view'] }] };
    for (const extra of [{}, { client_id: 7, sub: '', cnf: 'thumb' }, { cnf: { jkt: ['thumb'] } }, { cnf: null }]) {
      assert.deepEqual(rptFacts({ ...CLAIMS, ...extra }, NOW), expected);
    }
  });

  it('F 5.1.1: a top-level scope permits nothing', () => {
    assert.deepEqual(rptFacts({ ...CLAIMS, permissions: [], scope: 'view' }, NOW).permissions, []);
  });

  it('RFC 7662 2.2: without iat it counts as the oldest of all, so that every denial covers it', () => {
    for (const iat of [undefined, 'now']) assert.equal(rptFacts({ ...CLAIMS, iat }, NOW).issuedAt, 0);
  });

  it('F 5.1.1: without exp it ends with its last permission; with no end at all it is refused', () => {
    const ending = (...ends: (number | undefined)[]) => ({
      permissions: ends.map((exp) => ({ ...VIEW, ...(exp && { exp }) })),
    });
    assert.equal(rptFacts(ending(1_100, 1_300, 1_200), NOW).expiresAt, 1_300);
    for (const claims of [ending(1_100, undefined), ending(), { permissions: [VIEW], exp: 'never' }]) {
      assert.throws(() => rptFacts(claims, NOW), InvalidResponseError);
    }
  });

  it('F 5.1.1: a permission counts from its nbf on, and all of them from that of the token', () => {
    const permits = (nbf: unknown, tokenNbf?: unknown) =>
      rptFacts({ ...CLAIMS, nbf: tokenNbf, permissions: [{ ...VIEW, nbf }] }, NOW).permissions.length;
    assert.deepEqual([permits(1_010), permits(1_011), permits('soon'), permits(undefined)], [1, 0, 0, 1]);
    assert.deepEqual([permits(undefined, 1_010), permits(undefined, 1_011), permits(undefined, 'soon')], [1, 0, 0]);
  });

  it('without a clock it goes by the system’s', () => {
    const soon = Math.floor(Date.now() / 1000) + 3_600;
    assert.equal(rptFacts({ ...CLAIMS, permissions: [VIEW, { ...VIEW, nbf: soon }] }).permissions.length, 1);
  });

  it('F 5.1.1: one permission that cannot be read spoils the list', () => {
    const lists: unknown[] = [
      undefined,
      'all',
      {},
      [null],
      ['r1'],
      [VIEW, { resource_id: 'r1' }],
      [{ ...VIEW, resource_id: '' }],
      [{ ...VIEW, resource_id: 7 }],
      [{ ...VIEW, resource_scopes: 'view' }],
      [{ ...VIEW, resource_scopes: [1] }],
      [{ ...VIEW, exp: 'never' }],
      [{ ...VIEW, exp: null }],
    ];
    for (const permissions of lists) {
      assert.throws(() => rptFacts({ ...CLAIMS, permissions }, NOW), InvalidResponseError);
    }
  });
});
