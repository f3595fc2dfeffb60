import { type Hint, UmaError, UnreachableError, type UnreachableReason } from './errors.ts';
import type { Answer } from './exchange.ts';
import { answerOf } from './server-answer.ts';

/** A server that asks for longer than this is not believed. */
export const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** Does what may fail for want of a network, and turns that into our error, unless the caller itself has ended it. */
export async function reaching<T>(server: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof UmaError) throw error;
    const timedOut = isTimeout(error) || isTimeout(signal?.reason);
    if (signal?.aborted && !timedOut) throw signal.reason;
    throw new UnreachableError(server, timedOut ? 'timeout' : 'network', { cause: error, hint: hintIn(error) });
  }
}

/** The HTTP client may know better what is wrong: a name that nobody knows, a certificate. */
function hintIn(error: unknown): Hint | undefined {
  const hint = error instanceof Error && 'hint' in error ? error.hint : undefined;
  return isHint(hint) ? hint : undefined;
}

function isHint(hint: unknown): hint is Hint {
  return typeof hint === 'object' && hint !== null && 'key' in hint && typeof hint.key === 'string';
}

/** Turns an answer that says "not now" into our error. */
export function unavailable(server: string, answer: Answer): UnreachableError {
  const reason: UnreachableReason = answer.status === 429 ? 'busy' : 'server_error';
  const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'));
  return new UnreachableError(server, reason, { retryAfterMs, response: answerOf(answer) });
}

/** A time-out's name or code, on the error or on what caused it: `AbortSignal.timeout`, sockets and undici differ. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return error.name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code) || isTimeout(error.cause);
}

/** Seconds or a date (RFC 9110 10.2.3). */
function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms >= 0 ? Math.min(ms, MAX_WAIT_MS) : undefined;
}
