import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** One key's word for the next. */
interface Succession {
  /** RFC 7638 thumbprints. */
  by: string;
  next: string;
}

const TYPE = 'key-succession+jwt';
const MOST_STATEMENTS = 100;

/** Thumbprints of a server's keys, by what they are good for. */
export interface Line {
  /** All that are trusted, for what they have signed. */
  known: Set<string>;
  /** Those of them that gave way: they vouch for nothing any more. */
  former: Set<string>;
}

/**
 * Which keys those that are trusted vouch for, step by step. What a server shows can be shown by anybody who took its
 * place; a signature by a key that was known before cannot. A key vouches once: it is changed because somebody may have a
 * copy, and that one must not name another successor.
 *
 * @param statements - what `/jwks` shows as `succession`, oldest first; whatever is no statement is passed over
 * @returns the trusted ones, and those that follow from them
 */
export async function withSuccessors({ known, former }: Line, statements: unknown): Promise<Line> {
  const line: Line = { known: new Set(known), former: new Set(former) };
  const texts = Array.isArray(statements) ? statements.slice(-MOST_STATEMENTS) : [];
  for (const text of texts) {
    const step = await readSuccession(text);
    if (step === undefined || !line.known.has(step.by) || line.former.has(step.by)) continue;
    line.known.add(step.next);
    line.former.add(step.by);
  }
  return line;
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
