import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import { type DeviceKey, exportPrivateJwk, makeDpopProof, ProofUrlError } from '../../../lib/proof/index.ts';
import { twoKeys } from './crafted-proof.ts';

describe('makeDpopProof', () => {
  let keys: DeviceKey[];
  before(async () => {
    keys = Object.values(await twoKeys());
  });
  const url = 'https://Home.Example:443/a/../b%7e?secret=1#top';

  it('RFC 9449 4.2: is a JWT that others verify by its own key, of type dpop+jwt', async () => {
    for (const key of keys) {
      const proof = makeDpopProof({ key, method: 'POST', url });
      const { protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', maxTokenAge: 10 });
      assert.deepEqual(protectedHeader, { typ: 'dpop+jwt', alg: key.algorithm, jwk: key.publicJwk });
    }
  });

  it('RFC 9449 4.2: names method, URL without query and fragment, time, token and nonce', () => {
    for (const key of keys) {
      const wish = { key, method: 'DELETE', url, accessToken: 'tøken', nonce: 'n-1', nowMs: 1_700_000_000_999 };
      const { jti, ...claims } = decodeJwt(makeDpopProof(wish));
      assert.deepEqual(claims, {
        htm: 'DELETE',
        htu: 'https://home.example/b~',
        iat: 1_700_000_000,
        ath: createHash('sha256').update('tøken').digest('base64url'),
        nonce: 'n-1',
      });
      assert.match(String(jti), /^[\w-]{22}$/);
    }
  });

  it('has no ath without a token and no nonce without one', () => {
    for (const key of keys) {
      const claims = decodeJwt(makeDpopProof({ key, method: 'GET', url }));
      assert.deepEqual(Object.keys(claims).sort(), ['htm', 'htu', 'iat', 'jti']);
      assert.ok(Math.abs(Number(claims.iat) - Date.now() / 1000) < 60);
    }
  });

  it('RFC 9449 11.1: never has the same jti twice', () => {
    const [key] = keys;
    assert.ok(key);
    const made = Array.from({ length: 500 }, () => decodeJwt(makeDpopProof({ key, method: 'GET', url })).jti);
    assert.equal(new Set(made).size, 500);
  });

  it('RFC 9449 4.3 check 7: sends no private member, even of a key that carries one', async () => {
    for (const key of keys) {
      const careless = { ...key, publicJwk: { ...(await exportPrivateJwk(key)), kid: 'k' } };
      const { jwk } = decodeProtectedHeader(makeDpopProof({ key: careless, method: 'GET', url }));
      assert.deepEqual(jwk, key.publicJwk);
    }
  });

  it('refuses a URL that no request goes to', () => {
    const [key] = keys;
    assert.ok(key);
    for (const bad of [
      '',
      '/a',
      'ftp://h/',
      'http://',
      'http://user:pw@h/',
      'http://h/\\a',
      'http://h/a b',
      'http://h:99999/',
    ]) {
      assert.throws(
        () => makeDpopProof({ key, method: 'GET', url: bad }),
        (error: unknown) => {
          assert.ok(error instanceof ProofUrlError);
          assert.equal(error.code, 'invalid_proof_url');
          assert.ok(!error.message.includes('pw'));
          return true;
        },
      );
    }
  });
});
