/** A token and the way it was shown. */
export interface Credential {
  scheme: 'DPoP' | 'Bearer';
  token: string;
}

/** Longer ones are nobody's: Node.js itself takes 16 kB of header fields in all. */
const TOKEN_LIMIT = 16_384;

/** `credentials` (RFC 9110 11.4); the scheme's case does not matter (11.1). */
const SCHEME = /^(dpop|bearer)(?: +|$)/i;
const TOKEN68 = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * Reads the one `Authorization` value of a request, strictly and without believing it. A scheme that is not ours
 * brings no token.
 *
 * @param values - every value as received: two are malformed (RFC 9110 5.3), and so are two that a recipient joined
 */
export function readCredential(
  values: readonly string[],
): Credential | 'no_token' | 'malformed_request' | 'invalid_token' {
  const [value = '', ...others] = values;
  if (others.length > 0) return 'malformed_request';
  const credentials = value.trim();
  const [before = '', scheme] = SCHEME.exec(credentials) ?? [];
  const token = credentials.slice(before.length);
  if (scheme === undefined || token === '') return 'no_token';
  if (!TOKEN68.test(token)) return /[\s,]/.test(token) ? 'malformed_request' : 'invalid_token';
  if (token.length > TOKEN_LIMIT) return 'invalid_token';
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}
