import {
  type DeviceKey,
  exportPrivateJwk,
  generateDeviceKey,
  importDeviceKey,
  type KeyAlgorithm,
} from '../proof/device-key.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import { DEVICE_KEYS } from './device-record.ts';

export interface HeldKey {
  key: DeviceKey;
  createdAtMs: number;
}

/** The private keys of this gateway's devices: sealed in the store, opened once per process. */
export interface KeyRing {
  /**
   * The device's key; made and durable before this resolves if it has none. A key that cannot be read is an error, and
   * never replaced: the server would take the new one for another device.
   * @throws InvalidKeyError
   */
  hold(device: string, algorithm: KeyAlgorithm): Promise<HeldKey>;
  createdAtMs(device: string): number | undefined;
  /** The key is gone for ever; the next hold makes another. */
  discard(device: string): Promise<void>;
}

export function createKeyRing(store: GatewayStore, nowMs: () => number): KeyRing {
  const table = store.table(DEVICE_KEYS);
  const opened = new Map<string, Promise<HeldKey>>();

  async function open(device: string, algorithm: KeyAlgorithm): Promise<HeldKey> {
    const stored = table.get(device);
    if (stored !== undefined) return { key: await importDeviceKey(stored.jwk), createdAtMs: stored.createdAtMs };
    const key = await generateDeviceKey(algorithm);
    const jwk = { ...(await exportPrivateJwk(key)) };
    const createdAtMs = nowMs();
    await store.transaction(() => table.put(device, { jwk, createdAtMs }));
    return { key, createdAtMs };
  }

  return {
    hold(device, algorithm) {
      const known = opened.get(device);
      if (known !== undefined) return known;
      const opening = open(device, algorithm).catch((error: unknown) => {
        opened.delete(device);
        throw error;
      });
      opened.set(device, opening);
      return opening;
    },
    createdAtMs: (device) => table.get(device)?.createdAtMs,
    discard(device) {
      opened.delete(device);
      return store.transaction(() => table.remove(device));
    },
  };
}
