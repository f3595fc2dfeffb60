import { moveResources } from '../protecting/resource-record.ts';
import { moveConnection } from '../servers/connection-state.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

const kind: TableKind<string> = { name: 'own-server', version: 1, read: (stored) => String(stored) };
const only = 'issuer';

/**
 * What is kept of a server is kept under its address. The one in this Node-RED is the same server under another port, so
 * what is known of it goes along: who this gateway is there, which owner lets it act, which resources it has registered.
 */
export async function followOwnServer(store: GatewayStore, issuer: string): Promise<void> {
  const table = store.table(kind);
  const before = table.get(only);
  if (before === issuer) return;
  await store.transaction(() => {
    if (before !== undefined) {
      moveConnection(store, before, issuer);
      moveResources(store, before, issuer);
    }
    table.put(only, issuer);
  });
}
