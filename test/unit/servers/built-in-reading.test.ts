import assert from 'node:assert/strict';
import { builtInReading } from '../../../lib/servers/built-in-reading.ts';

const reading = builtInReading({
  issuer: 'http://as.test',
  audience: 'gw_1',
  jwksUri: 'http://as.test/jwks',
  owner: 'alice',
});
const facts = (claims: object) => (reading.kind === 'jwt' ? reading.facts(claims) : undefined);

const permission = { resource_id: 'res_1', resource_scopes: ['start'], exp: 1_300, share: 'sh_1' };
const claims = {
  iss: 'http://as.test',
  aud: 'gw_1',
  sub: 'dev_1',
  client_id: 'dev_1',
  azp: 'dev_1',
  iat: 1_000,
  exp: 1_300,
  jti: 'j',
  permissions: [permission],
  cnf: { jkt: 'thumb' },
};

describe('built-in server, reading its RPTs', () => {
  it('says by what they are verified; the token chooses nothing of it', () => {
    assert.ok(reading.kind === 'jwt');
    const { facts: _, ...rest } = reading;
    assert.deepEqual(rest, {
      kind: 'jwt',
      issuer: 'http://as.test',
      audience: 'gw_1',
      algorithms: ['ES256'],
      types: ['at+jwt'],
      lowerForm: true,
      jwksUri: 'http://as.test/jwks',
    });
  });

  it('F 5.1.1: the facts of a whole token', () => {
    assert.deepEqual(facts(claims), {
      device: 'dev_1',
      requestingParty: 'dev_1',
      owner: 'alice',
      jkt: 'thumb',
      issuedAt: 1_000,
      expiresAt: 1_300,
      permissions: [{ resource: 'res_1', scopes: ['start'], exp: 1_300, share: 'sh_1' }],
    });
  });

  it('what limits a permission beside its end: one message, and the hours of its share', () => {
    const limited = { ...permission, once: true, window_end: 1_400 };
    const [found] = facts({ ...claims, permissions: [limited] })?.permissions ?? [];
    assert.deepEqual([found?.once, found?.windowEnd], [true, 1_400]);
  });

  it('a token without a key is told apart, for the decision to refuse', () => {
    const { cnf: _, ...unbound } = claims;
    assert.equal(facts(unbound)?.jkt, undefined);
  });

  const wrong: [string, object][] = [
    ['client_id', { client_id: undefined }],
    ['client_id', { client_id: 7 }],
    ['client_id', { client_id: '' }],
    ['azp', { azp: 'dev_2' }],
    ['sub', { sub: undefined }],
    ['iat', { iat: '1000' }],
    ['iat', { iat: undefined }],
    ['iat', { iat: -1 }],
    ['exp', { exp: undefined }],
    ['exp', { exp: 999 }],
    ['exp', { exp: 1e300 }],
    ['nbf', { nbf: 1_000 }],
    ['cnf', { cnf: 'thumb' }],
    ['cnf', { cnf: {} }],
    ['cnf', { cnf: { jkt: 7 } }],
    ['permissions', { permissions: undefined }],
    ['permissions', { permissions: permission }],
    ['permissions', { permissions: [permission, null] }],
    ['permissions', { permissions: [permission, { ...permission, resource_id: 7 }] }],
    ['permissions', { permissions: [permission, { ...permission, resource_scopes: 'start' }] }],
    ['permissions', { permissions: [permission, { ...permission, resource_scopes: [] }] }],
    ['permissions', { permissions: [permission, { ...permission, resource_scopes: ['start', 7] }] }],
    ['permissions', { permissions: [permission, { ...permission, exp: undefined }] }],
    ['permissions', { permissions: [permission, { ...permission, share: undefined }] }],
    ['permissions', { permissions: [permission, { ...permission, nbf: 1_000 }] }],
    ['permissions', { permissions: [permission, { ...permission, once: false }] }],
    ['permissions', { permissions: [permission, { ...permission, once: 'true' }] }],
    ['permissions', { permissions: [permission, { ...permission, window_end: '1300' }] }],
    ['permissions', { permissions: [permission, { ...permission, window_end: 1300.5 }] }],
  ];
  for (const [claim, change] of wrong) {
    it(`refuses the whole token for ${JSON.stringify(change)}`, () => {
      assert.throws(() => facts({ ...claims, ...change }), {
        code: 'malformed_rpt',
        hint: { key: 'hint.malformed_rpt', values: { server: 'http://as.test', claim } },
      });
    });
  }
});
