import { newSecret, sha256 } from './ids.ts';
import { ModelError } from './model-error.ts';
import type { RegistrationTokenRecord } from './records.ts';
import type { Tables } from './tables.ts';

const MOST_PER_OWNER = 100;

/** Tokens with which a client registers as an owner's without a code; known by their hash. */
export interface RegistrationTokens {
  /** @throws ModelError `invalid_request`, `too_many` */
  make(wish: { owner: string; for: 'gateway' | 'device'; uses: number; expiresInSeconds: number }): {
    token: string;
    expiresAt: number;
  };
  /** Looks without using. */
  find(token: string): RegistrationTokenRecord | undefined;
  /** Uses it once. Synchronous: ten askers for one use get it once. */
  take(token: string): RegistrationTokenRecord | undefined;
}

const LONGEST_LIFE_SECONDS = 30 * 24 * 60 * 60;

export function createRegistrationTokens(
  tables: Pick<Tables, 'registrationTokens'>,
  now: () => number,
): RegistrationTokens {
  const rows = tables.registrationTokens;
  const find = (token: string) => {
    const record = rows.get(sha256(token));
    return record !== undefined && record.usesLeft > 0 && now() < record.expiresAt ? record : undefined;
  };
  return {
    make({ owner, for: purpose, uses, expiresInSeconds }) {
      if (!within(uses, 100)) throw new ModelError('invalid_request', 'uses is a whole number from 1 to 100');
      if (!within(expiresInSeconds, LONGEST_LIFE_SECONDS))
        throw new ModelError('invalid_request', 'expiresIn is in seconds, at most 30 days');
      for (const [key, old] of rows.keyed('owner', owner)) if (now() >= old.expiresAt) rows.remove(key);
      if (rows.count('owner', owner) >= MOST_PER_OWNER)
        throw new ModelError('too_many', 'too many registration tokens');
      const token = newSecret();
      const expiresAt = now() + expiresInSeconds;
      rows.put(sha256(token), { owner, for: purpose, usesLeft: uses, expiresAt });
      return { token, expiresAt };
    },
    find,
    take(token) {
      const record = find(token);
      if (record === undefined) return undefined;
      const usesLeft = record.usesLeft - 1;
      if (usesLeft === 0) rows.remove(sha256(token));
      else rows.put(sha256(token), { ...record, usesLeft });
      return record;
    },
  };
}

function within(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= most;
}
