import { unlessAborted } from '../uma/unless-aborted.ts';

/**
 * One piece of work at a time, however many ask: whoever comes while it is under way shares it. It ends with `closing`
 * and not with any one asker, whose own signal ends only the waiting.
 */
export function createSingleFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
  closing: AbortSignal,
): (signal?: AbortSignal) => Promise<T> {
  let underWay: Promise<T> | undefined;

  async function begin(): Promise<T> {
    closing.throwIfAborted();
    return work(closing);
  }

  function share(): Promise<T> {
    const begun = begin().finally(() => {
      underWay = undefined;
    });
    // Whoever asked may have gone by the time it fails.
    begun.catch(() => {});
    underWay = begun;
    return begun;
  }

  return (signal) => unlessAborted(signal, underWay ?? share());
}
