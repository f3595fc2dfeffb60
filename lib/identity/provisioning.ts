import type { DeviceClient, DeviceRole, DeviceState } from '../servers/authorization-server.ts';
import type { DeviceBook } from './device-book.ts';
import { DeviceError } from './device-error.ts';
import { type DeviceRecord, isStop } from './device-record.ts';
import type { DeviceStates } from './device-states.ts';
import type { KeyRing } from './key-ring.ts';

export interface ProvisioningPorts {
  book: DeviceBook;
  keys: KeyRing;
  devices: Pick<DeviceRole, 'register' | 'standing'>;
  states: Pick<DeviceStates, 'stop'>;
  /** The gateway's own `client_id`, once it has one. */
  gatewayId(): string | undefined;
  /** @throws DeviceError `registry_closed` */
  mustBeOpen(key: string): void;
}

/** Brings a device from its name to its registered client. */
export interface Provisioning {
  /**
   * Single flight per device. The key is durable before the server hears of it, and registering is idempotent by key,
   * so a process that ends anywhere in between continues with the same device (RFC 7591 3).
   */
  provision(key: string): Promise<DeviceRecord & { clientId: string }>;
  isProvisioned(record: DeviceRecord): boolean;
  /**
   * What requests are signed with; only for a device that may act.
   * @throws DeviceError `unknown_device`, `device_quarantined`, `device_retired`
   */
  client(key: string): Promise<DeviceClient>;
}

type Provisioned = DeviceRecord & { clientId: string };

export function createProvisioning(ports: ProvisioningPorts): Provisioning {
  const { book, keys, devices, states, gatewayId, mustBeOpen } = ports;
  const underWay = new Map<string, Promise<Provisioned>>();

  function isProvisioned(record: DeviceRecord): record is Provisioned {
    const gateway = gatewayId();
    return record.clientId !== undefined && (gateway === undefined || record.registeredBy === gateway);
  }

  async function register(record: DeviceRecord): Promise<Provisioned> {
    const { key } = await keys.hold(record.key, record.algorithm);
    const registeredBy = gatewayId();
    const { clientId } = await devices.register({ name: record.name, jwk: { ...key.publicJwk } });
    const standing = await devices.standing(clientId);
    const current = book.byKey(record.key) ?? record;
    const heard = book.state(clientId)?.state;
    const provisioned = {
      ...merged(current, isStop(heard) ? heard : standing.state),
      clientId,
      thumbprint: key.thumbprint,
      ...(registeredBy === undefined ? {} : { registeredBy }),
    };
    await book.put(provisioned, 'registered');
    if (isStop(provisioned.state)) await states.stop(clientId, provisioned.state);
    return provisioned;
  }

  async function provision(key: string): Promise<Provisioned> {
    mustBeOpen(key);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const record = book.byKey(key);
    if (record === undefined) throw new DeviceError('unknown_device', key);
    if (isProvisioned(record)) return record;
    const registering = register(record).finally(() => underWay.delete(key));
    underWay.set(key, registering);
    return registering;
  }

  return {
    provision,
    isProvisioned,
    async client(key) {
      mustAct(book.byKey(key), key);
      const { clientId, algorithm: wished } = await provision(key);
      const { privateKey, publicJwk, algorithm } = (await keys.hold(key, wished)).key;
      mustAct(book.byKey(key), key);
      return { clientId, privateKey, publicJwk: { ...publicJwk }, algorithm };
    },
  };
}

function mustAct(record: DeviceRecord | undefined, key: string): void {
  if (record === undefined) throw new DeviceError('unknown_device', key);
  if (isStop(record.state)) throw new DeviceError(`device_${record.state}`, key, record.name);
}

/** A stop made here outlives what a server says that does not know of it; it is then owed to the server. */
function merged(record: DeviceRecord, server: DeviceState): DeviceRecord {
  if (!isStop(record.state) || server === 'retired') return { ...record, state: server };
  return server === record.state ? record : { ...record, owed: record.state };
}
