/** The last nonce each resource server gave us (RFC 9449 8.2), for the next proof that goes there. Bounded. */
export interface OriginNonces {
  get(origin: string): string | undefined;
  /** What cannot be a nonce is not kept. */
  put(origin: string, nonce: string | null | undefined): void;
}

/** RFC 9449 8.1: visible ASCII without quote and backslash; and no server needs more than this. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

export function isNonce(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && NONCE.test(value);
}

export function createOriginNonces(limit = 100): OriginNonces {
  const nonces = new Map<string, string>();
  return {
    get: (origin) => nonces.get(origin),
    put(origin, nonce) {
      if (!isNonce(nonce)) return;
      nonces.delete(origin);
      const [oldest] = nonces.keys();
      if (nonces.size >= limit && oldest !== undefined) nonces.delete(oldest);
      nonces.set(origin, nonce);
    },
  };
}
