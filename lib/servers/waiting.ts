import { setTimeout as timeout } from 'node:timers/promises';

/** Waits, and rejects with the signal's reason once it is aborted; nothing is left running then. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (ms, signal) => {
  try {
    await timeout(ms, undefined, { signal });
  } catch {
    throw signal.reason;
  }
};

export interface BackoffOptions {
  firstMs: number;
  mostMs: number;
  /** From 0 to 1. */
  random?(): number;
}

/** Growing pauses between attempts, each somewhat random, so that many gateways don't come back at the same moment. */
export interface Backoff {
  nextMs(): number;
  reset(): void;
}

export function createBackoff({ firstMs, mostMs, random = Math.random }: BackoffOptions): Backoff {
  let wholeMs = firstMs;
  return {
    nextMs() {
      const ms = wholeMs * (0.5 + random() / 2);
      wholeMs = Math.min(mostMs, wholeMs * 2);
      return ms;
    },
    reset() {
      wholeMs = firstMs;
    },
  };
}
