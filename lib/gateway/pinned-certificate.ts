import { createHash } from 'node:crypto';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';
import type { OwnWay, ShownCertificate } from '../transport/own-way.ts';

/** By the fingerprint that a person confirmed: SHA-256 of the public key that the certificate was for. */
const kind: TableKind<string> = { name: 'pinned-certificate', version: 1, read: (stored) => String(stored) };

/**
 * The way to a server whose certificate only itself speaks for, and a person who compared the fingerprint. A server
 * renews its certificate for the same key, so from the first connection on it is the key that is known.
 */
export function wayToPinned(store: GatewayStore, url: string, fingerprint: string): OwnWay {
  const table = store.table(kind);
  const knows = (shown: ShownCertificate): boolean => {
    const key = createHash('sha256').update(shown.publicKey).digest('base64url');
    const pinned = table.get(fingerprint);
    if (shown.fingerprint !== fingerprint) return pinned === key;
    // Where it cannot be written down, the next connection tries again.
    if (pinned !== key) store.transaction(() => table.put(fingerprint, key)).catch(() => {});
    return true;
  };
  return { origin: new URL(url).origin, knows };
}
