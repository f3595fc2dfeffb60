import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** One key's word for the next. */
interface Succession {
  /** RFC 7638 thumbprints. */
  by: string;
  next: string;
}

const TYPE = 'key-succession+jwt';
const MOST_STATEMENTS = 100;

/**
 * Which keys those that are trusted vouch for, step by step. What a server shows can be shown by anybody who took its
 * place; a signature by a key that was known before cannot.
 *
 * @param statements - what `/jwks` shows as `succession`, oldest first; whatever is no statement is passed over
 * @returns the trusted ones, and those that follow from them
 */
export async function withSuccessors(trusted: readonly string[], statements: unknown): Promise<Set<string>> {
  const known = new Set(trusted);
  const texts = Array.isArray(statements) ? statements.slice(-MOST_STATEMENTS) : [];
  for (const text of texts) {
    const step = await readSuccession(text);
    if (step !== undefined && known.has(step.by)) known.add(step.next);
  }
  return known;
}

async function readSuccession(text: unknown): Promise<Succession | undefined> {
  if (typeof text !== 'string' || text.length > 4096) return undefined;
  try {
    const { payload, protectedHeader } = await jwtVerify(text, EmbeddedJWK, { algorithms: ['ES256'], typ: TYPE });
    const { next_jkt: next } = payload;
    if (protectedHeader.jwk === undefined || typeof next !== 'string') return undefined;
    return { by: await calculateJwkThumbprint(protectedHeader.jwk), next };
  } catch {
    return undefined;
  }
}
