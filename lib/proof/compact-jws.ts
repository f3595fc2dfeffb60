import { isUtf8 } from 'node:buffer';

/**
 * A JWS in compact form, taken apart strictly and not yet verified (RFC 7515 3.1, 7.1).
 *
 * Written here and not left to `jose` because a DPoP proof is read once for every message: `jose` is asynchronous and
 * imports the embedded key each time, at about a third of the speed (2,000 against 7,000 checks a second with the key
 * cached), and would put an `await` where the decision needs none. What it guards against is in the tests: sizes,
 * alphabets, broken UTF-8, JSON that is no object. Tokens, verified once and then cached, do go through `jose`.
 */
export interface CompactJws {
  /** The first part as received. */
  headerText: string;
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  /** What the signature is over: the first two parts as received. */
  signingInput: Buffer;
  signature: Buffer;
}

/** Longer proofs are refused unread; an honest one takes about 600 characters. */
export const MAX_PROOF_LENGTH = 8192;

/** None is empty: an unsigned token does not even get in here. */
const PART = /^[A-Za-z0-9_-]+$/;

/**
 * @param knownHeader - what the first part of this very text says, where it was read before
 * @returns undefined for whatever is not a well-formed compact JWS over a JSON object
 */
export function parseCompactJws(text: string, knownHeader?: CompactJws['header']): CompactJws | undefined {
  if (text.length > MAX_PROOF_LENGTH) return undefined;
  const [headerText = '', claimsText = '', signatureText = '', ...more] = text.split('.', 4);
  const header = knownHeader ?? decodedObject(headerText);
  const claims = decodedObject(claimsText);
  const signature = decoded(signatureText);
  if (!header || !claims || !signature || more.length > 0) return undefined;
  const signingInput = Buffer.from(text.slice(0, -1 - signatureText.length), 'latin1');
  return { headerText, header, claims, signingInput, signature };
}

/** Base64url without padding; a remainder of one character encodes nothing (RFC 4648 4). */
function decoded(part: string): Buffer | undefined {
  return PART.test(part) && part.length % 4 !== 1 ? Buffer.from(part, 'base64url') : undefined;
}

function decodedObject(part: string): Record<string, unknown> | undefined {
  const bytes = decoded(part);
  if (!bytes || !isUtf8(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
