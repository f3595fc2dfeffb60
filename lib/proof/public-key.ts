import { createPublicKey, hash, type KeyObject } from 'node:crypto';

/** Public keys of devices, read strictly: one key has exactly one spelling, and so exactly one thumbprint. */

/** A device's public key with the members of its thumbprint and no others (RFC 7638 3.2). */
export type PublicJwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string } | { kty: 'OKP'; crv: 'Ed25519'; x: string };

/** What is wrong with a key that somebody handed over. */
export type KeyFault = 'not_a_jwk' | 'private' | 'unsupported' | 'not_canonical' | 'weak';

export type PublicKeyReading =
  | { ok: true; jwk: PublicJwk; thumbprint: string; key: KeyObject }
  | { ok: false; fault: KeyFault };

/** Members that only private or symmetric keys have (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** 32 bytes in base64url have one spelling: 42 free characters and one whose two low bits are zero. */
const CANONICAL_32_BYTES = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Ed25519 points of small order, without the sign bit (RFC 7748 7, RFC 8032 5.1). Under such a "key" anybody can
 * make signatures that verify, so a proof by it would prove nothing.
 */
const SMALL_ORDER_POINTS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether a JWK carries anything that only its owner should have. */
export function isPrivate(jwk: object): boolean {
  return PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member));
}

/**
 * Reads the form of a public P-256 or Ed25519 key; members that say nothing about the key are dropped.
 * Whether an EC point lies on its curve shows only in {@link importPublicKey}.
 *
 * @param value - anything, e.g. the `jwk` of a stranger's DPoP header
 */
export function readPublicJwk(value: unknown): PublicJwk | KeyFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_a_jwk';
  if (isPrivate(value)) return 'private';
  const { kty, crv, x, y } = value as Record<string, unknown>;
  if (kty === 'EC' && crv === 'P-256') {
    return isCanonical(x) && isCanonical(y) ? { kty, crv, x, y } : 'not_canonical';
  }
  if (kty === 'OKP' && crv === 'Ed25519') return isCanonical(x) ? readEdwardsJwk(x) : 'not_canonical';
  return 'unsupported';
}

/** @returns the key for verifying, or undefined where the point is not on its curve */
export function importPublicKey(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Reads a public key in full, for whoever is about to register it. */
export function readPublicKey(value: unknown): PublicKeyReading {
  const jwk = readPublicJwk(value);
  if (typeof jwk === 'string') return { ok: false, fault: jwk };
  const key = importPublicKey(jwk);
  return key ? { ok: true, jwk, thumbprint: thumbprint(jwk), key } : { ok: false, fault: 'weak' };
}

/** RFC 7638 3: the SHA-256 of the required members in their lexicographic order, base64url. */
export function thumbprint(jwk: PublicJwk): string {
  const { kty, crv, x } = jwk;
  return hash('sha256', JSON.stringify(jwk.kty === 'EC' ? { crv, kty, x, y: jwk.y } : { crv, kty, x }), 'base64url');
}

function isCanonical(coordinate: unknown): coordinate is string {
  return typeof coordinate === 'string' && CANONICAL_32_BYTES.test(coordinate);
}

function readEdwardsJwk(x: string): PublicJwk | KeyFault {
  const point = Buffer.from(x, 'base64url');
  point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  if (!isBelowFieldPrime(point)) return 'not_canonical';
  return SMALL_ORDER_POINTS.has(point.toString('hex')) ? 'weak' : { kty: 'OKP', crv: 'Ed25519', x };
}

/** RFC 8032 5.1.3: y (little-endian) is below 2^255 - 19, or the same point has a second spelling. */
function isBelowFieldPrime(y: Buffer): boolean {
  return y.readUInt8(0) < 0xed || y.readUInt8(31) !== 0x7f || !y.subarray(1, 31).every((byte) => byte === 0xff);
}
