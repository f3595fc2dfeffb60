import { type Challenge, parseChallenges } from '../uma/challenge.ts';
import { isNonce } from './origin-nonces.ts';

/** What a 401 asks of us. */
export type Demand =
  | { kind: 'uma'; ticket: string }
  | { kind: 'nonce'; nonce: string }
  /** A UMA challenge of a server that is not ours: following it would tell a stranger who we are. */
  | { kind: 'stranger' }
  | { kind: 'refused'; reason: string };

const ERROR_CODE = /^[a-z_]{1,40}$/;

/**
 * Reads the challenge of a 401 (G 3.2.1, RFC 9449 7.1 and 9).
 *
 * @param issuer - of our server: the only one whose tickets are taken anywhere, compared exactly
 */
export function readDemand(
  wwwAuthenticate: string | null | undefined,
  nonce: string | null | undefined,
  issuer: string,
): Demand {
  const challenges = challengesIn(wwwAuthenticate);
  const error = challenges?.find(({ scheme }) => scheme === 'dpop')?.parameters.get('error');
  if (error === 'use_dpop_nonce' && isNonce(nonce)) return { kind: 'nonce', nonce };
  const uma = challenges?.filter(({ scheme }) => scheme === 'uma') ?? [];
  const ticket = uma.find(({ parameters }) => parameters.get('as_uri') === issuer)?.parameters.get('ticket');
  if (ticket) return { kind: 'uma', ticket };
  if (uma.length > 0) return { kind: 'stranger' };
  return { kind: 'refused', reason: errorCode(error) ?? (challenges ? 'no_uma_challenge' : 'invalid_challenge') };
}

/** An error code as anybody may send it, if it is one. */
export function errorCode(value: unknown): string | undefined {
  return typeof value === 'string' && ERROR_CODE.test(value) ? value : undefined;
}

/** @returns undefined for a header that breaks the grammar */
function challengesIn(header: string | null | undefined): Challenge[] | undefined {
  try {
    return parseChallenges(header ?? '');
  } catch {
    return undefined;
  }
}
