import { accessTokenHash } from './dpop-proof.ts';
import { type DpopRefusal, refuse } from './dpop-refusal.ts';
import { readHttpUri, readReceivedPath } from './http-target.ts';
import type { ProofClaims } from './proof-form.ts';

/** Whether a proof is for this very request and this very token: checks 8, 9 and 12a of RFC 9449 4.3. */
export interface ProvedRequest {
  method: string;
  /** Path and query exactly as received; a scheme and authority before them are ignored. */
  target: string;
  /** The token that came with the proof, as received. Absent only where none is used (a token endpoint). */
  accessToken?: string | undefined;
  /** Its `ath` (RFC 9449 4.2), where the caller has made it already. */
  accessTokenHash?: string | undefined;
}

/** Unreserved characters (RFC 3986 2.3), no dot at the beginning of a segment. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;
const BARE_ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/;

/** Check 8: `htm` is the method of the request; methods are case-sensitive (RFC 9110 9.1). */
export function methodFits(claims: ProofClaims, request: ProvedRequest): DpopRefusal | undefined {
  return claims.htm === request.method ? undefined : refuse('proof_invalid', 'htm', { method: request.method });
}

/**
 * Check 9: `htu` is the URL of the request, query and fragment ignored. Where a device reached us is known only by
 * configuration (a `Host` header is the sender's word), so the origin is one of `addresses`, and the path is the
 * received one.
 */
export function urlFits(
  claims: ProofClaims,
  request: ProvedRequest,
  addresses: readonly string[],
): DpopRefusal | undefined {
  if (isPlainly(claims.htu, request.target, addresses)) return undefined;
  const claimed = readHttpUri(claims.htu);
  if (!claimed || claimed.path !== readReceivedPath(request.target)) return refuse('proof_invalid', 'htu');
  if (addresses.some((address) => isOrigin(address, claimed.origin))) return undefined;
  return refuse('proof_invalid', 'wrong_address', {
    claimed: claimed.origin.slice(0, 200),
    configured: addresses.join(', '),
  });
}

/** Check 12a: `ath` is the hash of the token that came with the proof. */
export function tokenFits(claims: ProofClaims, request: ProvedRequest): DpopRefusal | undefined {
  if (request.accessToken === undefined) return undefined;
  // Not in constant time: whoever sent the token knows its hash.
  const expected = request.accessTokenHash ?? accessTokenHash(request.accessToken);
  return claims.ath === expected ? undefined : refuse('proof_invalid', 'ath');
}

/** The usual case without the cost of parsing: one spelling on both sides, and nothing in it that has another. */
function isPlainly(htu: string, target: string, addresses: readonly string[]): boolean {
  const address = addresses.find((one) => htu.length === one.length + target.length && htu.startsWith(one));
  return address !== undefined && htu.endsWith(target) && BARE_ORIGIN.test(address) && PLAIN_PATH.test(target);
}

function isOrigin(address: string, origin: string): boolean {
  return address === origin || readHttpUri(address)?.origin === origin;
}
