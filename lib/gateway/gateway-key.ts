import type { JWK } from 'jose';
import { type DeviceKey, exportPrivateJwk, generateDeviceKey, importDeviceKey } from '../proof/device-key.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

const kind: TableKind<JWK> = { name: 'gateway-key', version: 1, read: (stored) => stored as JWK, sealed: true };
const only = 'key';

/**
 * The key by which servers know this gateway: made once, and durable before anybody hears of it.
 *
 * @throws InvalidKeyError where the stored one is damaged
 */
export async function gatewayKey(store: GatewayStore): Promise<DeviceKey> {
  const table = store.table(kind);
  const stored = table.get(only);
  if (stored !== undefined) return importDeviceKey(stored);
  const made = await generateDeviceKey('ES256');
  const jwk = await exportPrivateJwk(made);
  await store.transaction(() => table.put(only, jwk));
  return made;
}
