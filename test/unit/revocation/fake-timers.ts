import type { Timers } from '../../../lib/revocation/timers.ts';

/** Timers that go off when told to. */
export interface FakeTimers extends Timers {
  /** The waits under way, in milliseconds. */
  pending(): number[];
  /** Lets the ones with this wait (or all) go off. */
  fire(ms?: number): void;
}

export function fakeTimers(): FakeTimers {
  const set = new Set<{ ms: number; work: () => void }>();
  return {
    after(ms, work) {
      const timer = { ms, work };
      set.add(timer);
      return () => void set.delete(timer);
    },
    pending: () => [...set].map(({ ms }) => ms),
    fire(ms) {
      for (const timer of [...set].filter((each) => ms === undefined || each.ms === ms)) {
        set.delete(timer);
        timer.work();
      }
    },
  };
}

/** Lets everything that is ready go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
