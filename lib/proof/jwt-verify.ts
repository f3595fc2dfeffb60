import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { hasOneSpelling } from './one-spelling.ts';

/** What a signed token must be; all of it from configuration, none of it from the token (RFC 8725 3.1). */
export interface JwtExpectations {
  issuer: string;
  audience: string;
  /** Allowed `alg` values; only asymmetric ones count. */
  algorithms: readonly string[];
  /** Allowed `typ` values without `application/`, e.g. `at+jwt` (RFC 9068 4). */
  types: readonly string[];
  /** The issuer signs by ES256 in the lower form only: the other is somebody's copy with another hash. */
  lowerForm?: boolean;
  /**
   * The issuer's key of that name, undefined if it has none. Where keys have to be fetched, a failure rejects, and
   * `verifyJwt` rejects with the same error: an unreachable server is no bad token.
   */
  keyFor(kid: string | undefined, algorithm: string): KeyObject | undefined | Promise<KeyObject | undefined>;
  nowMs: number;
  leewaySeconds: number;
}

export type JwtVerdict = { ok: true; claims: JWTPayload } | JwtRefusal;

export interface JwtRefusal {
  ok: false;
  reason: 'invalid_token' | 'expired' | 'wrong_audience';
  detail: JwtRefusalDetail;
  hint: { key: string };
}

export type JwtRefusalDetail =
  | 'malformed'
  | 'algorithm'
  | 'type'
  /** The caller may fetch the issuer's keys anew, within limits, and try once more. */
  | 'unknown_key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'not_yet'
  | 'claims';

/** Longer tokens are refused unread: Node takes no longer headers either. */
const MAX_TOKEN_LENGTH = 16_384;

/** RFC 7518 3.1 and RFC 9864 without `none` and HMAC: a mistake in the settings cannot let those in. */
const ASYMMETRIC = /^(?:(?:ES|RS|PS)(?:256|384|512)|EdDSA|Ed25519)$/;

const REQUIRED_CLAIMS = ['iss', 'aud', 'exp', 'iat'];

/** The issuer has no such key. Never leaves this page. */
class UnknownKeyError extends Error {}

/**
 * Verifies a signed access token or RPT (RFC 9068 4, RFC 7519 7.2). By `jose`, since it happens once per token.
 *
 * @returns the claims, or why not; in this order: form, algorithm, signature, type, issuer, audience, time
 * @throws whatever `keyFor` rejects with, and nothing else
 */
export async function verifyJwt(token: string, expected: JwtExpectations): Promise<JwtVerdict> {
  if (token.length > MAX_TOKEN_LENGTH) return refuse('invalid_token', 'malformed');
  if (!hasOneSpelling(token, expected.lowerForm ?? false)) return refuse('invalid_token', 'malformed');
  const search: KeySearch = { found: false };
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyFinder(expected, search), {
      algorithms: expected.algorithms.filter((algorithm) => ASYMMETRIC.test(algorithm)),
      issuer: expected.issuer,
      audience: expected.audience,
      requiredClaims: REQUIRED_CLAIMS,
      clockTolerance: expected.leewaySeconds,
      currentDate: new Date(expected.nowMs),
    });
    return isOneOf(protectedHeader.typ, expected.types)
      ? { ok: true, claims: payload }
      : refuse('invalid_token', 'type');
  } catch (error) {
    if (search.failed) throw search.failed.error;
    return refusalFor(error, search);
  }
}

/** How the search for the key went: `jose` rejects alike for a search that failed and for a bad token. */
interface KeySearch {
  found: boolean;
  failed?: { error: unknown };
}

function keyFinder(expected: JwtExpectations, search: KeySearch) {
  return async ({ kid, alg }: { kid?: string; alg: string }): Promise<KeyObject> => {
    const key = await Promise.resolve()
      .then(() => expected.keyFor(kid, alg))
      .catch((error: unknown) => {
        search.failed = { error };
        throw error;
      });
    if (!key) throw new UnknownKeyError();
    search.found = true;
    return key;
  };
}

function refusalFor(error: unknown, { found }: KeySearch): JwtRefusal {
  if (error instanceof UnknownKeyError) return refuse('invalid_token', 'unknown_key');
  if (error instanceof errors.JWTExpired) return refuse('expired', 'expired');
  if (error instanceof errors.JOSEAlgNotAllowed) return refuse('invalid_token', 'algorithm');
  if (error instanceof errors.JWTClaimValidationFailed) return claimRefusal(error);
  if (error instanceof errors.JWTInvalid || !found) return refuse('invalid_token', 'malformed');
  // Beside a wrong signature: the key fits another algorithm, so this signature cannot be its own.
  return refuse('invalid_token', 'signature');
}

function claimRefusal({ claim, reason }: errors.JWTClaimValidationFailed): JwtRefusal {
  if (reason !== 'check_failed') return refuse('invalid_token', 'claims');
  if (claim === 'aud') return refuse('wrong_audience', 'audience');
  if (claim === 'iss') return refuse('invalid_token', 'issuer');
  return refuse('invalid_token', 'not_yet');
}

/** RFC 7515 4.1.9: media types are compared without case, and `application/` may be left out. */
function isOneOf(typ: string | undefined, types: readonly string[]): boolean {
  const bare = typ?.toLowerCase().replace(/^application\//, '');
  return bare !== undefined && types.includes(bare);
}

function refuse(reason: JwtRefusal['reason'], detail: JwtRefusalDetail): JwtRefusal {
  return { ok: false, reason, detail, hint: { key: `hint.token_${detail}` } };
}
