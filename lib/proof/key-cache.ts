import type { KeyObject } from 'node:crypto';

/**
 * Public keys that have verified a proof, by thumbprint: importing one costs about as much as verifying with it.
 * The least recently used goes first, so a crowd of new keys costs time and never memory.
 */
export interface KeyCache {
  get(thumbprint: string): KeyObject | undefined;
  keep(thumbprint: string, key: KeyObject): void;
  size(): number;
}

/** @param options.limit - how many keys are kept; by default 1,000 */
export function createKeyCache({ limit = 1000 }: { limit?: number } = {}): KeyCache {
  // A Map iterates in the order of insertion: putting a key back in makes it the youngest.
  const keys = new Map<string, KeyObject>();
  const keep = (thumbprint: string, key: KeyObject): void => {
    keys.delete(thumbprint);
    keys.set(thumbprint, key);
    if (keys.size <= limit) return;
    for (const oldest of keys.keys()) {
      keys.delete(oldest);
      return;
    }
  };
  return {
    get: (thumbprint) => {
      const key = keys.get(thumbprint);
      if (key) keep(thumbprint, key);
      return key;
    },
    keep,
    size: () => keys.size,
  };
}
