import { hash } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** One verified proof, as the window remembers it. */
export interface ProofUse {
  /** Made by {@link proofUse}: the same for the same proof, and never longer than about a hundred characters. */
  id: string;
  thumbprint: string;
  /** When the proof could not be accepted any more in any case, in milliseconds since 1970. */
  expiresAtMs: number;
}

/**
 * Proofs that were used (RFC 9449 11.1). Holds only verified ones, each until it would be refused for its age anyway.
 * When full it refuses new ones, because forgetting an old one would let it pass again; each key has a quota, so that
 * one device cannot fill it for all.
 *
 * Belongs to the process and is made once: what a new window has not seen could be used a second time, which is why
 * proofs from before it need a nonce (`ProofState.startedAtMs`).
 */
export interface ReplayWindow {
  has(use: ProofUse): boolean;
  hasRoomFor(thumbprint: string, nowMs: number): boolean;
  /** Remembers it, in one synchronous step. Whoever gets `taken` is the only one who ever does. */
  take(use: ProofUse, nowMs: number): 'taken' | 'replayed' | 'full';
  size(): number;
}

export interface ReplayWindowLimits {
  /** How many proofs are remembered at once; by default 100,000 (about 20 MB when full). */
  limit?: number;
  /** How many of them may be one key's; by default 20,000. */
  limitPerKey?: number;
  /** Milliseconds of a clock that nobody sets; by default since the process began. */
  steadyMs?: () => number;
}

/** Proofs that end in the same second. */
interface Ending {
  uses: ProofUse[];
  /** By the steady clock, when the last of them is over if the other clock is right. */
  overMs: number;
}

/** Of 256 bits in hexadecimal, or of a UUID with room to spare. */
const SHORT_JTI = 64;

/**
 * Keyed by key and `jti` whatever the URL: stricter than RFC 9449 11.1 asks, and no spelling of `htu` can split it.
 * A `jti` of unusual length is remembered by its hash, which a short one can never look like: its sign is another.
 */
export function proofUse(thumbprint: string, jti: string, expiresAtMs: number): ProofUse {
  const id = jti.length <= SHORT_JTI ? `${thumbprint}.${jti}` : `${thumbprint}#${hash('sha256', jti, 'base64url')}`;
  return { id, thumbprint, expiresAtMs };
}

export function createReplayWindow(limits: ReplayWindowLimits = {}): ReplayWindow {
  const { limit = 100_000, limitPerKey = 20_000, steadyMs = () => performance.now() } = limits;
  const used = new Set<string>();
  const usedByKey = new Map<string, number>();
  const endings = new Map<number, Ending>();
  let sweptSecond = Number.NEGATIVE_INFINITY;

  const forget = (use: ProofUse): void => {
    used.delete(use.id);
    const left = (usedByKey.get(use.thumbprint) ?? 0) - 1;
    if (left > 0) usedByKey.set(use.thumbprint, left);
    else usedByKey.delete(use.thumbprint);
  };
  const sweep = (nowMs: number): void => {
    const second = Math.floor(nowMs / 1000);
    // Also where it is earlier than the last time: a clock that was ahead must not keep all that comes after it.
    if (second === sweptSecond) return;
    sweptSecond = second;
    const steady = steadyMs();
    for (const [ending, { uses, overMs }] of endings) {
      // By both clocks: one that was set ahead and back again would let pass what was forgotten meanwhile.
      if (ending > second || overMs > steady) continue;
      uses.forEach(forget);
      endings.delete(ending);
    }
  };
  const hasRoomFor = (thumbprint: string, nowMs: number): boolean => {
    sweep(nowMs);
    return used.size < limit && (usedByKey.get(thumbprint) ?? 0) < limitPerKey;
  };
  const remember = (use: ProofUse, nowMs: number): void => {
    const ending = Math.ceil(use.expiresAtMs / 1000);
    const overMs = steadyMs() + use.expiresAtMs - nowMs;
    used.add(use.id);
    usedByKey.set(use.thumbprint, (usedByKey.get(use.thumbprint) ?? 0) + 1);
    const ends = endings.get(ending);
    if (ends) {
      ends.uses.push(use);
      ends.overMs = Math.max(ends.overMs, overMs);
    } else endings.set(ending, { uses: [use], overMs });
  };
  const take = (use: ProofUse, nowMs: number): 'taken' | 'replayed' | 'full' => {
    // Too late counts as replayed: the window may already have forgotten an earlier use of it.
    if (used.has(use.id) || use.expiresAtMs <= nowMs) return 'replayed';
    if (!hasRoomFor(use.thumbprint, nowMs)) return 'full';
    remember(use, nowMs);
    return 'taken';
  };
  return { has: (use) => used.has(use.id), hasRoomFor, take, size: () => used.size };
}
