import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  exportPrivateJwk,
  generateDeviceKey,
  InvalidKeyError,
  importDeviceKey,
  makeDpopProof,
} from '../../../lib/proof/index.ts';

describe('device keys', () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    describe(algorithm, () => {
      it('is new each time, and says nothing private of itself', async () => {
        const [one, two] = [await generateDeviceKey(algorithm), await generateDeviceKey(algorithm)];
        assert.notEqual(one.thumbprint, two.thumbprint);
        const { d } = await exportPrivateJwk(one);
        assert.ok(d && !inspect(one, { depth: 9, showHidden: true }).includes(d) && !JSON.stringify(one).includes(d));
      });

      it('comes back from storage as the same key, and signs', async () => {
        const key = await generateDeviceKey(algorithm);
        const back = await importDeviceKey(JSON.parse(JSON.stringify(await exportPrivateJwk(key))));
        assert.deepEqual(back.publicJwk, key.publicJwk);
        assert.equal(back.thumbprint, key.thumbprint);
        assert.equal(back.algorithm, algorithm);
        assert.ok(makeDpopProof({ key: back, method: 'GET', url: 'http://localhost/' }).length > 100);
        assert.deepEqual(await exportPrivateJwk(back), await exportPrivateJwk(key));
      });

      it('is refused when its halves are of two keys, or one is missing or damaged', async () => {
        const stored = await exportPrivateJwk(await generateDeviceKey(algorithm));
        const other = await exportPrivateJwk(await generateDeviceKey(algorithm));
        const { d, ...noPrivate } = stored;
        assert.ok(d);
        const damaged = [
          noPrivate,
          { ...other, d },
          { ...stored, d: '' },
          { ...stored, d: 'AA' },
          { ...stored, x: 'AA' },
        ];
        for (const jwk of damaged) {
          await assert.rejects(importDeviceKey(jwk), (error: unknown) => {
            assert.ok(error instanceof InvalidKeyError);
            assert.equal(error.code, 'invalid_key');
            assert.equal(error.hint.key, 'hint.invalid_key');
            assert.ok(!inspect(error).includes(d));
            return true;
          });
        }
      });
    });
  }

  it('a public key cannot be exported as a private one', async () => {
    const key = await generateDeviceKey('ES256');
    const { privateKey } = await generateDeviceKey('ES256');
    const publicOnly = await crypto.subtle.importKey(
      'jwk',
      { ...key.publicJwk },
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['verify'],
    );
    assert.notEqual(publicOnly.type, privateKey.type);
    await assert.rejects(exportPrivateJwk({ ...key, privateKey: publicOnly }), InvalidKeyError);
  });
});
