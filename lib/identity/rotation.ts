/**
 * A device's key gives way to another. The next key is durable before the server hears of it, and the server is asked which
 * one it has wherever the answer was lost: so a process that ends anywhere in between continues with the one that works.
 */
import { makeKeyContinuity } from '../proof/key-continuity.ts';
import type { DeviceClient, DeviceRole } from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import type { DeviceBook } from './device-book.ts';
import { DeviceError } from './device-error.ts';
import type { KeyRing, NextKey } from './key-ring.ts';

/** What `device-identity` shows of a changed key. */
export interface Rotated {
  device: string;
  keyThumbprint: string;
  previousThumbprint: string;
  /** Seconds since 1970: what was sent with the old key is let through until then. */
  overlapUntil: number;
}

export interface Rotation {
  /**
   * @throws DeviceError `device_elsewhere`, `device_quarantined`, `device_retired`; what the server role throws: then the
   * device has the key it had, or, where the server cannot be asked, the one that it turns out to have
   */
  rotate(key: string): Promise<Rotated>;
  /** Resolves when it is known which key the device has, or that the server cannot be asked now. */
  settled(key: string): Promise<void>;
  /** Is this the thumbprint of a key that is about to be the device's? */
  awaits(key: string, thumbprint: string): boolean;
  /** @param changed - hears of devices (`client_id`) whose old key is to be used no more */
  onChanged(changed: (clientId: string) => void): void;
  close(): Promise<void>;
}

export interface RotationPorts {
  store: GatewayStore;
  book: DeviceBook;
  keys: KeyRing;
  devices: Pick<DeviceRole, 'replaceKey' | 'standing'>;
  /** The server's issuer: whom the statement is for. */
  issuer: string;
  /** By the present key. */
  client(key: string): Promise<DeviceClient>;
  nowMs(): number;
}

/** Longer than anything that this gateway sends is on its way. */
const OVERLAP_SECONDS = 10;

export function createRotation(ports: RotationPorts): Rotation {
  const { book, keys } = ports;
  const underWay = new Map<string, Promise<Rotated>>();
  const settling = new Map<string, Promise<void>>();
  const listeners = new Set<(clientId: string) => void>();
  let closed = false;

  async function go(key: string, next: NextKey): Promise<Rotated> {
    const rotated = await perform(ports, key, next);
    for (const listener of listeners) listener(rotated.device);
    return rotated;
  }

  async function change(key: string): Promise<Rotated> {
    await settle(key);
    await ports.client(key);
    const record = book.byKey(key);
    if (record === undefined) throw new DeviceError('unknown_device', key);
    return go(key, await keys.prepare(key, record.algorithm, ports.nowMs() + OVERLAP_SECONDS * 1000));
  }

  /** A change that broke off is gone on with; while that cannot be done, the device has the key it had. */
  async function finish(key: string): Promise<void> {
    const next = await keys.next(key);
    if (next !== undefined) await go(key, next).catch(() => {});
  }

  function settle(key: string): Promise<void> {
    if (!keys.hasNext(key)) return Promise.resolve();
    const known = settling.get(key) ?? finish(key).finally(() => settling.delete(key));
    settling.set(key, known);
    return known;
  }

  return {
    rotate(key) {
      if (closed) return Promise.reject(new DeviceError('registry_closed', key));
      const known = underWay.get(key) ?? change(key).finally(() => underWay.delete(key));
      underWay.set(key, known);
      return known;
    },
    async settled(key) {
      await underWay.get(key)?.catch(() => {});
      await settle(key);
    },
    awaits: (key, thumbprint) => keys.nextThumbprint(key) === thumbprint,
    onChanged: (changed) => void listeners.add(changed),
    async close() {
      closed = true;
      listeners.clear();
      await Promise.allSettled([...underWay.values(), ...settling.values()]);
    },
  };
}

/** Asked again with the same next key, the server answers as before: so this also finishes what broke off. */
async function perform(ports: RotationPorts, key: string, next: NextKey): Promise<Rotated> {
  const client = await ports.client(key);
  const previous = ports.book.byKey(key)?.thumbprint ?? '';
  const named = { audience: ports.issuer, device: client.clientId, previous };
  const statement = makeKeyContinuity({ key: next.key, ...named, overlapSeconds: OVERLAP_SECONDS });
  try {
    await ports.devices.replaceKey(client, { ...next.key.publicJwk }, statement);
  } catch (error) {
    const isThere = await isThereAlready(ports, client.clientId, next).catch(() => undefined);
    if (isThere === false && isRefusal(error)) await ports.keys.forgetNext(key);
    if (!isThere) throw error;
  }
  return adopt(ports, key, next);
}

async function adopt({ store, book, keys }: RotationPorts, key: string, next: NextKey): Promise<Rotated> {
  const record = book.byKey(key);
  if (record?.clientId === undefined) throw new DeviceError('unknown_device', key);
  const { thumbprint } = next.key;
  const previous = { thumbprint: record.thumbprint ?? '', untilMs: next.overlapUntilMs };
  await store.transaction(() => {
    const parts = [keys.adopt(key, next), book.put({ ...record, thumbprint, previous })];
    // Part of this transaction: they fail and succeed with it.
    for (const part of parts) part.catch(() => {});
  });
  const overlapUntil = Math.floor(next.overlapUntilMs / 1000);
  const device = record.clientId;
  return { device, keyThumbprint: thumbprint, previousThumbprint: previous.thumbprint, overlapUntil };
}

/** The server has answered, and it was a no. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && REFUSALS.includes(error.code);
}

const REFUSALS: unknown[] = ['refused', 'not_found'];

/** @throws where the server cannot be asked */
async function isThereAlready({ devices }: RotationPorts, clientId: string, next: NextKey): Promise<boolean> {
  return (await devices.standing(clientId)).keyThumbprint === next.key.thumbprint;
}
