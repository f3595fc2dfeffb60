/**
 * One token, one text: tokens are revoked by the hash of their text, so a second text that verifies as well would be a
 * token that nobody revoked. Header and claims are signed as they are spelled; a signature has more spellings than one:
 * its last base64url character has idle bits (RFC 4648 3.5), and of an ECDSA pair (r, s) also (r, n - s) verifies.
 */

/** Half the order of P-256, rounded down (FIPS 186-5): the highest `s` of the lower form. */
const HALF_ORDER = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
const ORDER = 2n * HALF_ORDER + 1n;
const HALF_BYTES = 32;

/** @param lowerForm - the issuer signs by ES256, and always gives the lower of the two forms */
export function hasOneSpelling(token: string, lowerForm: boolean): boolean {
  const text = token.slice(token.lastIndexOf('.') + 1);
  const signature = Buffer.from(text, 'base64url');
  return signature.toString('base64url') === text && (!lowerForm || upperHalf(signature) <= HALF_ORDER);
}

/** The one form of an ES256 signature (RFC 7518 3.4) that {@link hasOneSpelling} accepts. */
export function toLowerForm(signature: Buffer): Buffer {
  const s = upperHalf(signature);
  if (s <= HALF_ORDER) return signature;
  const lower = (ORDER - s).toString(16).padStart(2 * HALF_BYTES, '0');
  return Buffer.concat([signature.subarray(0, HALF_BYTES), Buffer.from(lower, 'hex')]);
}

function upperHalf(signature: Buffer): bigint {
  return BigInt(`0x0${signature.subarray(HALF_BYTES).toString('hex')}`);
}
