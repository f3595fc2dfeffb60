/** The part of Node's timers that is used here, so that tests need not wait. */
export interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The time for an answer is over. */
export class DeadlineError extends Error {
  readonly code = 'timed_out';
  readonly hint = { key: 'hint.timed_out' };

  constructor() {
    super('No answer came in time');
    this.name = 'DeadlineError';
  }
}

/**
 * Waits no longer than `ms`, whether or not the work heeds its signal. Work that fails later fails in silence.
 *
 * @throws DeadlineError, or whatever the work rejects with
 */
export async function withinMs<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  timers: Timers = globalThis as Timers,
): Promise<T> {
  const controller = new AbortController();
  let handle: unknown;
  const over = new Promise<never>((_, reject) => {
    handle = timers.setTimeout(() => {
      const late = new DeadlineError();
      controller.abort(late);
      reject(late);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    timers.clearTimeout(handle);
  }
}
