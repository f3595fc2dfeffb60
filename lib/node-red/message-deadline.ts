import type { Host, Message } from './host.ts';

/** Core's own time-out for a request. */
const CALL_WITHIN_MS = 120_000;

/** The longest that a timer takes; beyond it would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** As core: `msg.requestTimeout`, else the setting `httpRequestTimeout`, else two minutes. */
function withinMs({ red }: Host, msg: Message): number {
  const { requestTimeout } = msg as { requestTimeout?: unknown };
  const { httpRequestTimeout } = red.settings as { httpRequestTimeout?: unknown };
  const asked = [requestTimeout, httpRequestTimeout].map(milliseconds).find((ms) => ms >= 1);
  return Math.min(asked ?? CALL_WITHIN_MS, LONGEST_MS);
}

function milliseconds(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
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
