import { type DpopRefusal, refuse } from './dpop-refusal.ts';
import type { Nonces } from './nonce.ts';
import type { ProofClaims } from './proof-form.ts';

/**
 * Whether a proof is of now: checks 10 and 11 of RFC 9449 4.3. What fails here is mended by a nonce, so every refusal
 * asks for one: a device without a clock works, and an attacker with an old proof does not.
 */
export interface Freshness {
  nonces: Nonces;
  nowMs: number;
  /**
   * When nonces and replay window began, in milliseconds since 1970. What was used before is not remembered, so
   * nothing that could have been used before passes without a nonce.
   */
  startedAtMs: number;
  /** The most that `leewaySeconds` can be here, now and before a restart: see {@link madeRecently}. */
  mostLeewaySeconds: number;
  /** How far the clocks may be apart. */
  leewaySeconds: number;
  /** How old a proof without nonce may be, by its own `iat`. */
  maxAgeSeconds: number;
  /** Policy: accept no proof without a nonce. */
  requireNonce?: boolean | undefined;
}

/** Check 10: a nonce, if there is one, is ours and recent. Anyone else's, or one from before a restart, is neither. */
export function nonceIsOurs(claims: ProofClaims, by: Freshness): DpopRefusal | undefined {
  if (claims.nonce === undefined) return by.requireNonce ? refuse('use_dpop_nonce', 'nonce_required') : undefined;
  return by.nonces.valid(claims.nonce, by.nowMs) ? undefined : refuse('use_dpop_nonce', 'nonce_stale');
}

/**
 * Check 11: made within the acceptable window (11.1). A nonce that passed check 10 is our own time stamp, and `iat` is
 * then not judged.
 *
 * Before our start a proof was accepted up to the leeway ahead of the clock, and that leeway may have been any that the
 * settings allow; so the time from which we trust `iat` is that much later than the start itself, or a proof by a fast
 * clock could be used once before a restart and once after.
 */
export function madeRecently(claims: Pick<ProofClaims, 'iat' | 'nonce'>, by: Freshness): DpopRefusal | undefined {
  if (claims.nonce !== undefined) return undefined;
  const madeAtMs = claims.iat * 1000;
  const leewayMs = by.leewaySeconds * 1000;
  if (madeAtMs < by.nowMs - by.maxAgeSeconds * 1000 - leewayMs) return refuse('use_dpop_nonce', 'too_old');
  if (madeAtMs > by.nowMs + leewayMs) return refuse('use_dpop_nonce', 'in_future');
  return madeAtMs < by.startedAtMs + by.mostLeewaySeconds * 1000 ? refuse('use_dpop_nonce', 'before_start') : undefined;
}

/**
 * Until when a use has to be remembered, in milliseconds since 1970: when the proof could pass no more, and the leeway
 * again, as much as the clock may be set back unnoticed.
 */
export function rememberUntilMs(claims: ProofClaims, by: Freshness): number {
  const leewayMs = by.leewaySeconds * 1000;
  if (claims.nonce !== undefined) return by.nowMs + by.nonces.lifetimeMs + leewayMs;
  return claims.iat * 1000 + by.maxAgeSeconds * 1000 + 2 * leewayMs;
}
