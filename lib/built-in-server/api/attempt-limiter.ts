import { Refusal } from '../http/answer.ts';

export interface LimiterOptions {
  /** Failed attempts in a row before it slows down. */
  burst: number;
  /** After that, one attempt in this time. */
  everyMs: number;
  nowMs(): number;
  enabled: boolean;
}

/** Slows down guessing: each key has its own bucket, so that whoever guesses from one address locks out nobody elsewhere. */
export interface AttemptLimiter {
  /** Counts one attempt; call it before the work. @throws Refusal 429 `too_many_requests` */
  count(key: string): void;
  /** That attempt does not count after all. */
  uncount(key: string): void;
  /** The attempt was right: the key starts afresh. */
  forgive(key: string): void;
}

const MOST_KEYS = 10_000;

export function createAttemptLimiter({ burst, everyMs, nowMs, enabled }: LimiterOptions): AttemptLimiter {
  /** When the bucket will be full again; in the order of last use. */
  const fullAtMs = new Map<string, number>();
  return {
    count(key) {
      if (!enabled) return;
      const now = nowMs();
      const [kept, most] = [fullAtMs.get(key) ?? 0, now + burst * everyMs];
      // A clock that was ahead and is set right must not shut anybody out until it is as late again.
      const before = kept > most ? most - everyMs : Math.max(now, kept);
      const wait = before + everyMs - most;
      if (wait > 0) throw tooMany(wait);
      fullAtMs.delete(key);
      fullAtMs.set(key, before + everyMs);
      const [oldest] = fullAtMs.keys();
      if (fullAtMs.size > MOST_KEYS && oldest !== undefined) fullAtMs.delete(oldest);
    },
    uncount(key) {
      const fullAt = fullAtMs.get(key);
      if (fullAt !== undefined) fullAtMs.set(key, fullAt - everyMs);
    },
    forgive: (key) => void fullAtMs.delete(key),
  };
}

function tooMany(waitMs: number): Refusal {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return new Refusal(429, 'too_many_requests', 'too many attempts', headers);
}

/** Addresses that one subscriber holds count as one: IPv6 by its /64. */
export function addressKey(remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:/, '');
  if (!address.includes(':') || address === '::1') return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const full = tail === undefined ? groups : [...groups, '0', '0', '0', '0'];
  return full.slice(0, 4).join(':');
}
