import type { Host, Message } from './host.ts';

/** Core's own time-out for a request. */
const CALL_WITHIN_MS = 120_000;

/** As core: `msg.requestTimeout`, else the setting `httpRequestTimeout`, else two minutes. */
function withinMs({ red }: Host, msg: Message): number {
  const asked = Number(msg.requestTimeout);
  if (asked >= 1) return asked;
  const set = Number(red.settings.httpRequestTimeout);
  return set >= 1 ? set : CALL_WITHIN_MS;
}

/**
 * Runs work with a signal that is aborted when its time is over or the node closes.
 * Timer and listener go with the work: `AbortSignal.timeout` and `any` would keep theirs for each message of two minutes.
 */
export async function withDeadline<T>(host: Host, msg: Message, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(
    () => ending.abort(new DOMException('The time is over', 'TimeoutError')),
    withinMs(host, msg),
  );
  host.closed.addEventListener('abort', end, { once: true });
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    host.closed.removeEventListener('abort', end);
  }
}
