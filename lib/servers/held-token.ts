import { createSingleFlight } from './single-flight.ts';

export interface TimedToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresAtMs: number;
}

/** An access token that is there when needed: fetched once for all who wait, and renewed before it expires. */
export interface HeldToken {
  /** @param signal - ends the waiting of this caller only */
  get(signal?: AbortSignal): Promise<string>;
  /** The server refused this one: nobody gets it again. Others that have come since are kept. */
  drop(token: string): void;
  close(): void;
}

export interface HeldTokenOptions {
  /** Fetches a new one; the signal is aborted on close. */
  fetch(signal: AbortSignal): Promise<TimedToken>;
  nowMs(): number;
}

/** In its last 30 s, or last tenth if that is shorter, a token is renewed while it still serves; in its last 5 s it serves no more. */
const RENEW_WITHIN_MS = 30_000;
const UNUSABLE_WITHIN_MS = 5_000;
const RETRY_AFTER_MS = 5_000;

export function createHeldToken({ fetch, nowMs }: HeldTokenOptions): HeldToken {
  const closing = new AbortController();
  let held: (TimedToken & { renewAtMs: number }) | undefined;
  const renew = createSingleFlight(async (signal) => {
    try {
      const token = await fetch(signal);
      signal.throwIfAborted();
      held = { ...token, renewAtMs: renewalOf(token, nowMs()) };
      return token;
    } catch (error) {
      if (held !== undefined) held.renewAtMs = nowMs() + RETRY_AFTER_MS;
      throw error;
    }
  }, closing.signal);

  return {
    async get(signal) {
      const now = nowMs();
      if (held === undefined || held.expiresAtMs - UNUSABLE_WITHIN_MS <= now) return (await renew(signal)).token;
      if (held.renewAtMs <= now) renew().catch(() => {});
      return held.token;
    },
    drop(token) {
      if (held?.token === token) held = undefined;
    },
    close() {
      held = undefined;
      closing.abort(new DOMException('The connection is closed', 'AbortError'));
    },
  };
}

function renewalOf({ expiresAtMs }: TimedToken, nowMs: number): number {
  return expiresAtMs - Math.min(RENEW_WITHIN_MS, (expiresAtMs - nowMs) / 10);
}
