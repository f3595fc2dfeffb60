import type { KeyAlgorithm } from '../proof/device-key.ts';
import type {
  DeviceClient,
  DeviceRole,
  DeviceStanding,
  DeviceState,
  ServerChange,
} from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import { createChores } from './chores.ts';
import type { ClaimOffer } from './claims.ts';
import { createDeviceBook, type DeviceBook, type StateChange } from './device-book.ts';
import { createDeviceLife } from './device-life.ts';
import type { DeviceRecord, Stop } from './device-record.ts';
import { createDeviceStates, type Quarantine } from './device-states.ts';
import { type DeviceStatus, type KnownDevice, lookUp, statusOf, toStanding } from './device-status.ts';
import { createHearing } from './hearing.ts';
import { createHolds } from './holds.ts';
import { createKeyRing } from './key-ring.ts';
import { createOutsideNames } from './outside-names.ts';
import { createProvisioning } from './provisioning.ts';
import type { Rotated } from './rotation.ts';
import type { Told } from './telling.ts';

export interface DeviceWish {
  key: string;
  name: string;
  algorithm: KeyAlgorithm;
}

/** The devices of one gateway: their keys, their registration, and whether they may act. */
export interface DeviceRegistry {
  /** Keeps a device provisioned while held (also after the server forgot it); key and registration outlive the hold. */
  hold(wish: DeviceWish): () => void;
  /** @throws DeviceError `unknown_device`; what the server role throws */
  provision(key: string): Promise<DeviceRecord>;
  /** @throws DeviceError `unknown_device`, `device_quarantined`, `device_retired`; what the server role throws */
  client(keyOrId: string): Promise<DeviceClient>;
  id(keyOrId: string): string | undefined;
  /** For decisions: synchronous, from memory. */
  lookup(clientId: string): KnownDevice | undefined;
  list(): DeviceStanding[];
  /** What a person calls it: the flow one of our own, its owner one from elsewhere, as soon as the server has told. */
  name(keyOrId: string): string | undefined;
  isHeld(keyOrId: string): boolean;
  /** @param became - what the device has just become, where that is known */
  status(keyOrId: string, became?: DeviceState): Promise<DeviceStatus>;
  /** Local block first, then the server: it holds even while the server is away. */
  suspend(keyOrId: string): Promise<Told>;
  retire(keyOrId: string): Promise<Told>;
  /** Server first, by the owner's authority, then the local block is lifted. */
  resume(keyOrId: string): Promise<void>;
  /**
   * Gives a device another key; what is on its way with the old one is let through for some seconds.
   * @throws DeviceError `device_elsewhere`, `device_quarantined`, `device_retired`; what the server role throws
   */
  rotate(keyOrId: string): Promise<Rotated>;
  /** @param changed - hears of devices (`client_id`) whose old key, and what is bound to it, is to be used no more */
  onKeyChanged(changed: (clientId: string) => void): void;
  /**
   * Asks, by the device's own key, who its owner is. One that is retired begins anew for that, with a new key.
   * @throws DeviceError `device_elsewhere`, `device_quarantined`; what the server role throws
   */
  claim(keyOrId: string): Promise<ClaimOffer>;
  /** Hears of every state that changes, wherever it was changed. @returns ends it */
  onState(listener: (change: StateChange) => void): () => void;
  /** What the server tells. `alive` is used to do what had to wait for it. */
  apply(change: ServerChange): Promise<void>;
  /** Resolves when everything under way has ended; nothing begins after it was called. */
  close(): Promise<void>;
}

export interface DeviceRegistryPorts {
  /** Of one server connection: two connections may have devices of the same key. */
  store: GatewayStore;
  devices: DeviceRole;
  /** The server's issuer. */
  issuer: string;
  quarantine: Quarantine;
  /** The gateway's own `client_id` at the server, once it has one. */
  gatewayId(): string | undefined;
  nowMs(): number;
  /** Rejects once the signal is aborted. */
  sleep?(ms: number, signal: AbortSignal): Promise<unknown>;
  log(line: string): void;
}

export function createDeviceRegistry(ports: DeviceRegistryPorts): DeviceRegistry {
  const { store, devices, quarantine, gatewayId, nowMs } = ports;
  const book = createDeviceBook(store);
  const keys = createKeyRing(store, nowMs);
  const states = createDeviceStates({ book, devices, quarantine });
  const chores = createChores(ports.log);
  const provisioning = createProvisioning({ book, keys, devices, states, gatewayId, mustBeOpen: chores.mustBeOpen });
  const names = createOutsideNames({ store, devices, chores, nowMs });
  const known = (keyOrId: string) => book.byKey(keyOrId) ?? book.byClientId(keyOrId);
  const life = createDeviceLife({ ...ports, book, keys, provisioning, known, outsideName: names.of });
  const holds = createHolds();

  function stop(keyOrId: string, state: Stop): Promise<Told> {
    const record = known(keyOrId);
    if (record !== undefined && record.clientId === undefined) return states.stopUnregistered(record, state);
    return states.stop(record?.clientId ?? keyOrId, state);
  }

  /** Without waiting for anything first, so that a suspension right after it is seen to come later. */
  async function resume(keyOrId: string): Promise<void> {
    const record = known(keyOrId);
    if (record === undefined) return states.resume(keyOrId);
    if (record.clientId !== undefined) return states.resume(record.clientId);
    return states.resume((await provisioning.provision(record.key)).clientId);
  }

  const hear = createHearing({ book, states, provisioning, holds, chores, rotation: life, names, log: ports.log });

  return {
    hold(wish) {
      const remembered = remember(book, wish, nowMs());
      const provisioned = () => remembered.then(() => provisioning.provision(wish.key));
      chores.run(wish.key, () => provisioned().then(() => life.settled(wish.key)));
      return holds.add(wish.key);
    },
    provision: provisioning.provision,
    client: life.client,
    id: (keyOrId) => known(keyOrId)?.clientId,
    lookup: (clientId) => lookUp(book, clientId, nowMs()),
    list: () => book.all().flatMap(toStanding),
    name: (keyOrId) => (keyOrId === '' ? undefined : (known(keyOrId)?.name ?? names.of(keyOrId))),
    isHeld: (keyOrId) => holds.has(known(keyOrId)?.key ?? keyOrId),
    status: (keyOrId, became) => statusOf(keyOrId, { book, devices, keys, nowMs }, became),
    suspend: (keyOrId) => stop(keyOrId, 'quarantined'),
    retire: (keyOrId) => stop(keyOrId, 'retired'),
    resume,
    claim: life.claim,
    rotate: life.rotate,
    onKeyChanged: life.onKeyChanged,
    onState: book.onState,
    apply: hear,
    async close() {
      await Promise.all([life.close(), chores.close()]);
    },
  };
}

/** A device as a flow names it. Its key's algorithm stays what it was made with: another key is another device. */
async function remember(book: DeviceBook, { key, name, algorithm }: DeviceWish, createdAtMs: number): Promise<void> {
  const record = book.byKey(key);
  if (record === undefined) return book.put({ key, name, algorithm, createdAtMs, state: 'unprovisioned' });
  if (record.name !== name) return book.put({ ...record, name });
}
