import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { type KeyFault, type PublicJwk, readPublicKey, thumbprint } from '../../../lib/proof/index.ts';
import { twoKeys } from './crafted-proof.ts';

const edwards = (bytes: Uint8Array): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: Buffer.from(bytes).toString('base64url'),
});
const faultOf = (jwk: unknown): KeyFault | 'accepted' => {
  const reading = readPublicKey(jwk);
  return reading.ok ? 'accepted' : reading.fault;
};

describe('readPublicKey', () => {
  it('RFC 7638 3: the thumbprint is the one that jose and everybody else computes', async () => {
    for (const { publicJwk } of Object.values(await twoKeys())) {
      assert.equal(thumbprint(publicJwk), await calculateJwkThumbprint(publicJwk));
    }
  });

  it('RFC 8037 A.3: the thumbprint of the specification’s own key', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
    assert.equal(thumbprint(jwk), 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('keeps only what makes the key, so that a name or use cannot make a second thumbprint', async () => {
    for (const { publicJwk, thumbprint: expected } of Object.values(await twoKeys())) {
      const reading = readPublicKey({ ...publicJwk, kid: 'mine', use: 'sig', alg: 'ES256' });
      assert.ok(reading.ok);
      assert.deepEqual(reading.jwk, publicJwk);
      assert.equal(reading.thumbprint, expected);
    }
  });

  it('refuses what is no JWK, what is private, and kinds that are not ours', async () => {
    const { es256 } = await twoKeys();
    for (const value of [undefined, null, 'key', 5, [], [es256.publicJwk]]) assert.equal(faultOf(value), 'not_a_jwk');
    assert.equal(faultOf({ ...es256.publicJwk, d: 'x' }), 'private');
    assert.equal(faultOf({ kty: 'oct', k: 'AAAA' }), 'private');
    for (const kind of [{ kty: 'RSA' }, { crv: 'P-384' }, { crv: 'secp256k1' }, { kty: 'OKP' }, { kty: undefined }]) {
      assert.equal(faultOf({ ...es256.publicJwk, ...kind }), 'unsupported');
    }
  });

  it('refuses a second spelling of a coordinate (RFC 7515 2, RFC 4648 3.5)', async () => {
    const { es256, ed25519 } = await twoKeys();
    const spellings = (x: string) => [`${x}=`, `${x} `, `A${x}`, x.slice(1), x.replace(/.$/, 'B'), '', 7, undefined];
    for (const x of spellings(es256.publicJwk.x)) assert.equal(faultOf({ ...es256.publicJwk, x }), 'not_canonical');
    for (const y of spellings(es256.publicJwk.x)) assert.equal(faultOf({ ...es256.publicJwk, y }), 'not_canonical');
    for (const x of spellings(ed25519.publicJwk.x)) assert.equal(faultOf({ ...ed25519.publicJwk, x }), 'not_canonical');
  });

  it('refuses a point that is not on P-256', async () => {
    const { es256 } = await twoKeys();
    assert.equal(faultOf({ ...es256.publicJwk, y: es256.publicJwk.x }), 'weak');
    const field = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex');
    assert.equal(faultOf({ ...es256.publicJwk, x: field.toString('base64url') }), 'weak', 'x = p');
  });

  it('RFC 8032 5.1.3: refuses a y that is not below the field prime', () => {
    for (let low = 0xed; low <= 0xff; low += 1) {
      for (const high of [0x7f, 0xff]) {
        const point = Buffer.alloc(32, 0xff);
        point[0] = low;
        point[31] = high;
        assert.equal(faultOf(edwards(point)), 'not_canonical');
      }
    }
  });

  it('takes points near the prime that have one spelling', () => {
    const nearly = Buffer.alloc(32, 0xff);
    nearly[31] = 0x7f;
    nearly[15] = 0xfe;
    assert.equal(faultOf(edwards(nearly)), 'accepted');
  });
});

describe('Ed25519 keys that anybody can sign for', () => {
  const prime = 2n ** 255n - 19n;
  const mod = (n: bigint): bigint => ((n % prime) + prime) % prime;
  const power = (base: bigint, exponent: bigint): bigint => {
    let [result, square] = [1n, mod(base)];
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = mod(result * square);
      square = mod(square * square);
    }
    return result;
  };
  const bytesOf = (y: bigint): Buffer => Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();

  it('refuses all points of small order, of either sign', () => {
    // Order 8: doubling (x, y) must give y = 0, so y² = -x²; with the curve -x² + y² = 1 + d x² y² that is d y⁴ + 2 y² - 1 = 0… solved for y².
    const d = mod(-121665n * power(121666n, prime - 2n));
    const root = squareRoot(mod(1n + d));
    const squares = [root, mod(-root)].map((r) => mod((r - 1n) * power(d, prime - 2n)));
    const eighths = squares.flatMap((square) => squareRoots(square));
    assert.equal(eighths.length, 2, 'y and -y');
    for (const y of [0n, 1n, prime - 1n, ...eighths]) {
      for (const sign of [0, 0x80]) {
        const point = bytesOf(y);
        point[31] = (point[31] ?? 0) | sign;
        assert.equal(faultOf(edwards(point)), 'weak', point.toString('hex'));
      }
    }
  });

  it('would else accept a proof that nobody signed', () => {
    const identity = bytesOf(1n);
    const key = createPublicKey({ key: edwards(identity), format: 'jwk' });
    const forged = Buffer.concat([identity, Buffer.alloc(32)]);
    // Node 24 refuses it itself; those before it, which many homes have, do not.
    const letsPass = Number.parseInt(process.versions.node, 10) < 24;
    assert.equal(verify(null, Buffer.from('whatever one likes'), key, forged), letsPass, 'node:crypto alone');
    assert.equal(faultOf(edwards(identity)), 'weak');
  });

  function squareRoot(square: bigint): bigint {
    const [root = 0n] = squareRoots(square);
    return root;
  }

  /** RFC 8032 5.1.3: square roots modulo a prime that is 5 modulo 8. */
  function squareRoots(square: bigint): bigint[] {
    const candidate = power(square, (prime + 3n) / 8n);
    const imaginary = power(2n, (prime - 1n) / 4n);
    return [candidate, mod(candidate * imaginary)]
      .filter((root) => mod(root * root) === square)
      .flatMap((root) => [root, mod(-root)]);
  }
});
