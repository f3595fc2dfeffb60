import type { GatewayStore } from '../store/gateway-store.ts';
import type { DeviceBook } from './device-book.ts';
import type { DeviceRecord } from './device-record.ts';
import type { KeyRing } from './key-ring.ts';

export interface RenewalPorts {
  store: GatewayStore;
  book: DeviceBook;
  keys: Pick<KeyRing, 'discard'>;
  nowMs(): number;
}

/**
 * A retired device begins anew under its name in the flows: with a new key, and as another device for the server. The one
 * that was retired stays so, for ever.
 */
export function renew({ store, book, keys, nowMs }: RenewalPorts, record: DeviceRecord): Promise<void> {
  const { key, name, algorithm, clientId, owed } = record;
  return store.transaction(() => {
    const written = [
      keys.discard(key),
      book.put({ key, name, algorithm, createdAtMs: nowMs(), state: 'unprovisioned' }, 'claimed_anew'),
      ...(clientId === undefined ? [] : [book.setState(clientId, 'retired', owed)]),
    ];
    // Part of this transaction: they fail and succeed with it.
    for (const part of written) part.catch(() => {});
  });
}
