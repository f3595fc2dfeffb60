import type { KeyObject } from 'node:crypto';
import type { PublicJwk } from './public-key.ts';

/** Whose proofs begin with this header: read, checked and imported once. */
export interface KnownKey {
  header: Readonly<Record<string, unknown>>;
  jwk: PublicJwk;
  thumbprint: string;
  key: KeyObject;
}

/**
 * Public keys that have verified a proof, by the text of the proof's header, which a device writes alike every time:
 * reading and importing one costs about as much as verifying with it.
 * One of those used least lately goes first, so a crowd of new keys costs time and never memory.
 */
export interface KeyCache {
  get(headerText: string): KnownKey | undefined;
  /** A header much longer than an honest one is not kept, and is read anew each time. */
  keep(headerText: string, key: KnownKey): void;
  size(): number;
}

const LONGEST_HEADER = 1000;

interface Kept {
  text: string;
  key: KnownKey;
}

/** A part of a text holds all of it in memory, and a proof is eight times as long as its header may be. */
function ofItsOwn(headerText: string): string {
  return Buffer.from(headerText, 'latin1').toString('latin1');
}

/** @param options.limit - how many keys are kept; by default 1,000 */
export function createKeyCache({ limit = 1000 }: { limit?: number } = {}): KeyCache {
  // A Map iterates in the order of insertion: putting a key back in makes it the youngest.
  const keys = new Map<string, Kept>();
  const put = (kept: Kept): void => {
    keys.delete(kept.text);
    keys.set(kept.text, kept);
    if (keys.size <= limit) return;
    for (const oldest of keys.keys()) {
      keys.delete(oldest);
      return;
    }
  };
  return {
    get: (headerText) => {
      const kept = keys.get(headerText);
      // While there is ample room, who was used last need not be known.
      if (kept && keys.size > limit / 2) put(kept);
      return kept?.key;
    },
    keep(headerText, key) {
      if (headerText.length > LONGEST_HEADER) return;
      put({ text: ofItsOwn(headerText), key });
    },
    size: () => keys.size,
  };
}
