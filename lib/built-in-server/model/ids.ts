import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new id of 128 random bits (base64url) behind its prefix: `sh_` share, `rq_` request, `se_` session. */
export function newId(prefix: string): string {
  return prefix + randomBytes(16).toString('base64url');
}

/** A new secret of 256 random bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 as base64url: how every secret and token is known to the store. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Compares a secret with the stored hash of one, in constant time. */
export function hashesTo(secret: string, storedHash: string): boolean {
  const actual = Buffer.from(sha256(secret));
  const expected = Buffer.from(storedHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
