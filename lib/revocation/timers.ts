/** The clock's other half, as an argument, so that a test need not wait. */
export interface Timers {
  /** Runs `work` once, `ms` from now. @returns calls it off */
  after(ms: number, work: () => void): () => void;
}

/** Node's own timers, which keep no process alive. */
export const systemTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** What `work` resolves to, or undefined if that takes longer than `ms`. */
export async function within<T>(work: Promise<T>, ms: number, timers: Timers): Promise<T | undefined> {
  let cancel = () => {};
  const patience = new Promise<undefined>((resolve) => {
    cancel = timers.after(ms, () => resolve(undefined));
  });
  return Promise.race([work, patience]).finally(() => cancel());
}
