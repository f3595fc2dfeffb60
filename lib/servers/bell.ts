import { unlessAborted } from '../uma/unless-aborted.ts';

/** Wakes one sleeper. A ring that nobody waits for is kept for the next who does. */
export interface Bell {
  ring(): void;
  /** Resolves with the next ring; rejects with the signal's reason. */
  rung(signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let kept = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      kept = wake === undefined;
      wake?.();
    },
    async rung(signal) {
      const ringing = kept
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            wake = resolve;
          });
      kept = false;
      try {
        await unlessAborted(signal, ringing);
      } finally {
        wake = undefined;
      }
    },
  };
}
