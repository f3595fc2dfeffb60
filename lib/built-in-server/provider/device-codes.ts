import type { AdapterPayload } from 'oidc-provider';

/**
 * Codes of RFC 8628 under way, in memory: who lets the server restart shows the gateway a new code.
 * Bounded, because a stranger can start a flow.
 */
export interface DeviceCodes {
  put(id: string, payload: AdapterPayload): void;
  find(id: string): AdapterPayload | undefined;
  /**
   * RFC 8628 3.5: notes that its client asks again while nobody has answered. `true`: sooner than it may, and from now
   * on it may five seconds later still.
   */
  polledTooSoon(id: string): boolean;
  /** Alive and not answered yet. `userCode` as typed: case and separators do not count. */
  waiting(userCode: string): AdapterPayload | undefined;
  /** Whoever gets `true` is the only one who ever does; the code is gone. */
  take(id: string): boolean;
  removeOfClient(clientId: string): void;
}

const mostCodes = 500;
const mostPerClient = 2;
/** Expired codes stay this long, so that a device hears `expired_token` and not `invalid_grant` (RFC 8628 3.5). */
const rememberedSeconds = 600;
/** RFC 8628 3.2: how long a client waits between polls. */
export const pollIntervalSeconds = 2;
const slowerBySeconds = 5;
/** What was sent at the right distance may arrive closer together. */
const toleranceSeconds = 0.5;

/** @param nowMs - milliseconds since 1970 */
export function createDeviceCodes(nowMs: () => number): DeviceCodes {
  const codes = new Map<string, AdapterPayload>();
  const polls = new Map<string, { at: number; interval: number }>();
  const nowSeconds = () => nowMs() / 1000;
  const forget = (id: string): boolean => {
    polls.delete(id);
    return codes.delete(id);
  };
  const makeRoom = (clientId: unknown) => {
    const own: string[] = [];
    for (const [id, code] of codes) {
      if ((code.exp ?? 0) + rememberedSeconds <= nowSeconds()) forget(id);
      else if (code.clientId === clientId) own.push(id);
    }
    for (const id of own.slice(0, Math.max(0, own.length + 1 - mostPerClient))) forget(id);
    for (const id of [...codes.keys()].slice(0, Math.max(0, codes.size + 1 - mostCodes))) forget(id);
  };
  return {
    put(id, payload) {
      if (!codes.has(id)) makeRoom(payload.clientId);
      codes.set(id, { ...payload });
    },
    find: (id) => codes.get(id),
    polledTooSoon(id) {
      const code = codes.get(id);
      if (code === undefined || code.accountId || code.error || (code.exp ?? 0) <= nowSeconds()) return false;
      const { at, interval } = polls.get(id) ?? { at: Number.NEGATIVE_INFINITY, interval: pollIntervalSeconds };
      const tooSoon = nowSeconds() < at + interval - toleranceSeconds;
      polls.set(id, { at: nowSeconds(), interval: tooSoon ? interval + slowerBySeconds : interval });
      return tooSoon;
    },
    waiting(userCode) {
      const wanted = userCode.toUpperCase().replace(/[^A-Z]/g, '');
      const alive = (code: AdapterPayload) => (code.exp ?? 0) > nowSeconds() && !code.accountId && !code.error;
      return [...codes.values()].find((code) => code.userCode === wanted && alive(code));
    },
    take: forget,
    removeOfClient(clientId) {
      for (const [id, code] of codes) if (code.clientId === clientId) forget(id);
    },
  };
}
