import assert from 'node:assert/strict';
import { generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { makeDpopProof } from '../../../lib/proof/dpop-proof.ts';
import { makeKeyContinuity, readKeyContinuity } from '../../../lib/proof/key-continuity.ts';

const wish = { audience: 'http://127.0.0.1:1862', device: 'dev_1', previous: 'old', nowMs: 1_800_000_000_999 };

describe('a new key’s statement', () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    it(`by ${algorithm}: says which device it is for and which key it follows, and proves its own`, async () => {
      const key = await generateDeviceKey(algorithm);
      const read = readKeyContinuity(makeKeyContinuity({ ...wish, key }));
      const { audience, device, previous } = wish;
      const { thumbprint, publicJwk: jwk } = key;
      const named = { audience, device, previous, overlapSeconds: 0 };
      assert.deepEqual(read, { ...named, thumbprint, jwk, iat: 1_800_000_000, jti: read?.jti });
      assert.ok((read?.jti.length ?? 0) >= 22, '128 bits');
    });
  }

  it('is nothing once a single character of it is another', async () => {
    const made = makeKeyContinuity({ ...wish, key: await generateDeviceKey('ES256') });
    const [header = '', claims = '', signature = ''] = made.split('.');
    const forged = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'x' }),
    );
    for (const text of [
      `${header}.${forged.toString('base64url')}.${signature}`,
      `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${header}.${claims}`,
      '',
    ])
      assert.equal(readKeyContinuity(text), undefined);
  });

  it('may ask for an overlap of up to half a minute, and for nothing else in its place', async () => {
    const key = await generateDeviceKey('ES256');
    const overlap = (overlapSeconds: number) =>
      readKeyContinuity(makeKeyContinuity({ ...wish, key, overlapSeconds }))?.overlapSeconds;
    assert.deepEqual([0, 10, 30, 31, -1, 1.5].map(overlap), [0, 10, 30, undefined, undefined, undefined]);
  });

  it('is no DPoP proof, and no DPoP proof is one (RFC 8725 3.11)', async () => {
    const key = await generateDeviceKey('ES256');
    const proof = makeDpopProof({ key, method: 'POST', url: 'http://127.0.0.1:1862/token' });
    assert.equal(readKeyContinuity(proof), undefined);
  });
});
