import type { KeyObject } from 'node:crypto';
import type { RptFacts, RptReading } from '../uma/rpt.ts';

/** The key that a token was found to be signed with, and how the token names it. */
export interface SignedBy {
  kid: string | undefined;
  algorithm: string;
  key: KeyObject;
}

/** What verifying a token found, kept under the token's hash: never the token. */
export interface Verified {
  facts: RptFacts;
  /** When the server itself spoke for this token (introspection), in milliseconds since 1970. */
  heardMs?: number;
  /** Of a signed token. */
  signedBy?: SignedBy;
}

/**
 * Tokens that were verified once: a shortcut past the signature, and past nothing else. Bounded; the oldest goes first.
 * Only tokens that the server made get in, so a stranger cannot push others out.
 */
export interface VerifiedCache {
  /** @param reading - by which it was verified; whatever has changed in it since is another reading, and finds nothing */
  get(tokenHash: string, reading: RptReading): Verified | undefined;
  put(tokenHash: string, reading: RptReading, verified: Verified): void;
  forget(tokenHash: string): void;
}

export function createVerifiedCache(limit = 10_000): VerifiedCache {
  const entries = new Map<string, { reading: RptReading; verified: Verified }>();
  return {
    get(tokenHash, reading) {
      const entry = entries.get(tokenHash);
      return entry?.reading === reading ? entry.verified : undefined;
    },
    put(tokenHash, reading, verified) {
      entries.delete(tokenHash);
      const [oldest] = entries.keys();
      if (entries.size >= limit && oldest !== undefined) entries.delete(oldest);
      entries.set(tokenHash, { reading, verified });
    },
    forget: (tokenHash) => void entries.delete(tokenHash),
  };
}
