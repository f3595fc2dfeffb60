/**
 * Waits for work until the signal aborts, whether or not the work heeds it: nobody who asks us may be left hanging.
 * The work itself goes on, for others.
 *
 * @throws the signal's reason, or whatever the work rejects with
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    // In this order: who had given up before gets no answer, even one that is there.
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
