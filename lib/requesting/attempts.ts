import { randomBytes } from 'node:crypto';

/**
 * Requests that left as headers and may come back with a challenge: what is needed to send them again, and how often
 * they were. Each is kept for a minute, at most a hundred of them.
 */
export interface Attempts<T> {
  /** @returns the name under which it can be taken up again */
  keep(request: T): string;
  /**
   * Takes a request up again to answer a challenge. One challenge of each kind is answered; never a loop.
   *
   * @returns undefined where there is no such request any more, or this kind was answered already
   */
  again(attempt: string, kind: 'uma' | 'nonce'): T | undefined;
}

export interface AttemptLimits {
  /** A clock that nobody sets. */
  monotonicMs(): number;
  lifetimeMs?: number;
  limit?: number;
}

export function createAttempts<T>({ monotonicMs, lifetimeMs = 60_000, limit = 100 }: AttemptLimits): Attempts<T> {
  const attempts = new Map<string, { request: T; untilMs: number; answered: Set<string> }>();

  function forgetOld(): void {
    const now = monotonicMs();
    for (const [name, { untilMs }] of attempts) {
      if (untilMs <= now || attempts.size >= limit) attempts.delete(name);
      else return;
    }
  }

  return {
    keep(request) {
      forgetOld();
      const name = randomBytes(16).toString('base64url');
      attempts.set(name, { request, untilMs: monotonicMs() + lifetimeMs, answered: new Set() });
      return name;
    },
    again(name, kind) {
      const attempt = attempts.get(name);
      if (!attempt || attempt.untilMs <= monotonicMs() || attempt.answered.has(kind)) {
        attempts.delete(name);
        return undefined;
      }
      attempt.answered.add(kind);
      return attempt.request;
    },
  };
}
