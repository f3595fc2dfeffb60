import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Nonces for devices whose clock is wrong or missing (RFC 9449 8): the number of a time window, MACed with a key that
 * lives as long as the process. Nothing is stored, so no stranger can fill anything by asking for them, and a nonce
 * from before a restart is worth nothing after it.
 */
export interface Nonces {
  /** The nonce of the present window, for the `DPoP-Nonce` header. */
  issue(nowMs: number): string;
  /** Whether it is the nonce of the present window or of the one before. */
  valid(nonce: string, nowMs: number): boolean;
  /** No nonce is valid longer than this after it was issued. */
  readonly lifetimeMs: number;
}

/** @param options.windowSeconds - a nonce is good for at least this long and at most twice; by default 120 */
export function createNonces({ windowSeconds = 120 }: { windowSeconds?: number } = {}): Nonces {
  const key = randomBytes(32);
  const windowMs = windowSeconds * 1000;
  const nonceOf = (window: number): string =>
    createHmac('sha256', key).update(`nonce ${window}`).digest('base64url').slice(0, 22);
  const windowAt = (nowMs: number): number => Math.floor(nowMs / windowMs);
  return {
    issue: (nowMs) => nonceOf(windowAt(nowMs)),
    valid: (nonce, nowMs) => same(nonce, nonceOf(windowAt(nowMs))) || same(nonce, nonceOf(windowAt(nowMs) - 1)),
    lifetimeMs: 2 * windowMs,
  };
}

function same(given: string, ours: string): boolean {
  const bytes = Buffer.from(given);
  return bytes.length === ours.length && timingSafeEqual(bytes, Buffer.from(ours));
}
