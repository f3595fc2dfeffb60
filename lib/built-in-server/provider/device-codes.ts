import type { AdapterPayload } from 'oidc-provider';

/**
 * Codes of RFC 8628 under way, in memory: who lets the server restart shows the gateway a new code.
 * Bounded, because a stranger can start a flow.
 */
export interface DeviceCodes {
  put(id: string, payload: AdapterPayload): void;
  find(id: string): AdapterPayload | undefined;
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

export function createDeviceCodes(nowSeconds: () => number): DeviceCodes {
  const codes = new Map<string, AdapterPayload>();
  const makeRoom = (clientId: unknown) => {
    const own: string[] = [];
    for (const [id, code] of codes) {
      if ((code.exp ?? 0) + rememberedSeconds <= nowSeconds()) codes.delete(id);
      else if (code.clientId === clientId) own.push(id);
    }
    for (const id of own.slice(0, Math.max(0, own.length + 1 - mostPerClient))) codes.delete(id);
    for (const id of [...codes.keys()].slice(0, Math.max(0, codes.size + 1 - mostCodes))) codes.delete(id);
  };
  return {
    put(id, payload) {
      if (!codes.has(id)) makeRoom(payload.clientId);
      codes.set(id, { ...payload });
    },
    find: (id) => codes.get(id),
    waiting(userCode) {
      const wanted = userCode.toUpperCase().replace(/[^A-Z]/g, '');
      const alive = (code: AdapterPayload) => (code.exp ?? 0) > nowSeconds() && !code.accountId && !code.error;
      return [...codes.values()].find((code) => code.userCode === wanted && alive(code));
    },
    take: (id) => codes.delete(id),
    removeOfClient(clientId) {
      for (const [id, code] of codes) if (code.clientId === clientId) codes.delete(id);
    },
  };
}
