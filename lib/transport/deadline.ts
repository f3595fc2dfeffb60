/** One signal for "it took too long" and "the caller does not want it any more". */
export interface Deadline {
  signal: AbortSignal;
  /** Lets go of the timer and of the caller's signal; to be called once the work has ended, however it did. */
  end(): void;
}

/**
 * Aborts with a `TimeoutError` after `afterMs`, or with the caller's reason when the caller aborts.
 * Not `AbortSignal.any`: that stays attached to a long-lived signal, one more for every request.
 */
export function startDeadline(afterMs: number, caller?: AbortSignal | null): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('It took too long', 'TimeoutError')), afterMs);
  timer.unref();
  const follow = (): void => controller.abort(caller?.reason);
  if (caller?.aborted) follow();
  caller?.addEventListener('abort', follow, { once: true });
  const end = (): void => {
    clearTimeout(timer);
    caller?.removeEventListener('abort', follow);
  };
  return { signal: controller.signal, end };
}
