import type { Timers } from './deadline.ts';

/** Tries something again, after 1 s at first and 60 s at most, spread so that a whole house does not come back at once. */
export interface Retry {
  later(): void;
  /** It worked, or is not wanted any more. */
  reset(): void;
}

export interface RetryPorts {
  timers?: Timers;
  random?(): number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export function createRetry(
  { timers = globalThis as Timers, random = Math.random }: RetryPorts,
  again: () => void,
): Retry {
  let pauseMs = FIRST_PAUSE_MS;
  let timer: unknown;

  function stop(): void {
    if (timer !== undefined) timers.clearTimeout(timer);
    timer = undefined;
  }

  return {
    later() {
      stop();
      timer = timers.setTimeout(again, pauseMs * (0.75 + random() / 2));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    },
    reset() {
      stop();
      pauseMs = FIRST_PAUSE_MS;
    },
  };
}
