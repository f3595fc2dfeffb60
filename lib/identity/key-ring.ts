import {
  type DeviceKey,
  exportPrivateJwk,
  generateDeviceKey,
  importDeviceKey,
  type KeyAlgorithm,
} from '../proof/device-key.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import { DEVICE_KEYS, NEXT_KEYS, type StoredKey } from './device-record.ts';

export interface HeldKey {
  key: DeviceKey;
  createdAtMs: number;
}

/** A key that is to take the place of the present one. */
export interface NextKey extends HeldKey {
  /** So long what was sent with the present one shall be let through. */
  overlapUntilMs: number;
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
  /** Makes the next key; durable when this resolves. */
  prepare(device: string, algorithm: KeyAlgorithm, overlapUntilMs: number): Promise<NextKey>;
  hasNext(device: string): boolean;
  nextThumbprint(device: string): string | undefined;
  /** @throws InvalidKeyError */
  next(device: string): Promise<NextKey | undefined>;
  /** The next key is the present one, and the one before is gone for ever. Takes effect at once. */
  adopt(device: string, next: NextKey): Promise<void>;
  forgetNext(device: string): Promise<void>;
}

export function createKeyRing(store: GatewayStore, nowMs: () => number): KeyRing {
  const table = store.table(DEVICE_KEYS);
  const nextKeys = store.table(NEXT_KEYS);
  const opened = new Map<string, Promise<HeldKey>>();

  async function open(device: string, algorithm: KeyAlgorithm): Promise<HeldKey> {
    const stored = table.get(device);
    if (stored !== undefined) return { key: await importDeviceKey(stored.jwk), createdAtMs: stored.createdAtMs };
    const made = await make(algorithm, nowMs());
    await store.transaction(() => table.put(device, made.stored));
    return made.held;
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
      return store.transaction(() => {
        table.remove(device);
        nextKeys.remove(device);
      });
    },
    async prepare(device, algorithm, overlapUntilMs) {
      const { stored, held } = await make(algorithm, nowMs());
      const { thumbprint } = held.key;
      await store.transaction(() => nextKeys.put(device, { ...stored, thumbprint, overlapUntilMs }));
      return { ...held, overlapUntilMs };
    },
    hasNext: (device) => nextKeys.count(device) > 0 && nextKeys.get(device) !== undefined,
    nextThumbprint: (device) => nextKeys.get(device)?.thumbprint,
    async next(device) {
      const stored = nextKeys.get(device);
      if (stored === undefined) return undefined;
      const { createdAtMs, overlapUntilMs } = stored;
      return { key: await importDeviceKey(stored.jwk), createdAtMs, overlapUntilMs };
    },
    adopt(device, next) {
      opened.set(device, Promise.resolve(next));
      return store.transaction(() => {
        const stored = nextKeys.get(device);
        if (stored !== undefined) table.put(device, { jwk: stored.jwk, createdAtMs: stored.createdAtMs });
        nextKeys.remove(device);
      });
    },
    forgetNext: (device) => store.transaction(() => nextKeys.remove(device)),
  };
}

async function make(algorithm: KeyAlgorithm, createdAtMs: number): Promise<{ held: HeldKey; stored: StoredKey }> {
  const key = await generateDeviceKey(algorithm);
  const jwk = { ...(await exportPrivateJwk(key)) };
  return { held: { key, createdAtMs }, stored: { jwk, createdAtMs } };
}
