import type { DeviceRole, DeviceStanding, DeviceState } from '../servers/authorization-server.ts';
import type { DeviceBook } from './device-book.ts';
import { type DeviceRecord, isStop } from './device-record.ts';
import type { KeyRing } from './key-ring.ts';

/** What a decision must know of a device. An outside device is known only while nothing of it may pass. */
export interface KnownDevice {
  state: DeviceState;
  /** Its current registered keys; none for a device whose key this gateway does not hold. */
  thumbprints: string[];
  key?: string;
  name?: string;
}

/** What `device-identity` shows. `owner` is absent while the server cannot be asked. */
export interface DeviceStatus {
  device: string;
  state: DeviceState;
  owner?: string;
  assurance: DeviceStanding['assurance'];
  keyThumbprint?: string;
  keyAgeDays?: number;
}

const DAY_MS = 86_400_000;

/** Synchronous, from memory: a decision's last step asks it. */
export function lookUp(book: DeviceBook, clientId: string, nowMs: number): KnownDevice | undefined {
  const record = book.byClientId(clientId);
  if (record !== undefined) return { ...standingHere(record, nowMs), key: record.key, name: record.name };
  const outside = book.state(clientId);
  return outside && { state: outside.state, thumbprints: [] };
}

/** @returns nothing for a device the server has not registered yet: it has no `client_id` to be named by */
export function toStanding({ clientId, name, state }: DeviceRecord): DeviceStanding[] {
  return clientId === undefined ? [] : [{ clientId, name, state, assurance: 'gateway' }];
}

/**
 * A stop made here shows even where the server does not know of it yet, and while it cannot be asked.
 *
 * @param became - what a device whose key is elsewhere has just become: of those the server tells this gateway no more
 */
export async function statusOf(keyOrId: string, ports: StatusPorts, became?: DeviceState): Promise<DeviceStatus> {
  const { book, devices } = ports;
  const record = book.byKey(keyOrId) ?? book.byClientId(keyOrId);
  if (record !== undefined) return statusOfOwn(record, ports);
  const known = book.state(keyOrId)?.state ?? became;
  const standing = devices.standing(keyOrId);
  const { state, owner, assurance }: Pick<DeviceStanding, 'state' | 'owner' | 'assurance'> =
    known === undefined ? await standing : await standing.catch(() => ({ state: known, assurance: 'device' }));
  return { device: keyOrId, state: known ?? state, assurance, ...ownedBy(owner) };
}

export interface StatusPorts {
  book: DeviceBook;
  devices: Pick<DeviceRole, 'standing'>;
  keys: Pick<KeyRing, 'createdAtMs'>;
  nowMs(): number;
}

async function statusOfOwn(record: DeviceRecord, { devices, keys, nowMs }: StatusPorts): Promise<DeviceStatus> {
  const { clientId, state, thumbprint } = record;
  const standing = clientId === undefined ? undefined : await devices.standing(clientId).catch(() => undefined);
  const madeAtMs = keys.createdAtMs(record.key);
  return {
    device: clientId ?? record.key,
    state: standing === undefined || isStop(state) ? state : standing.state,
    assurance: 'gateway',
    ...ownedBy(standing?.owner),
    ...(thumbprint === undefined ? {} : { keyThumbprint: thumbprint }),
    ...(madeAtMs === undefined ? {} : { keyAgeDays: Math.floor(Math.max(0, nowMs() - madeAtMs) / DAY_MS) }),
  };
}

function ownedBy(owner: string | undefined): { owner?: string } {
  return owner === undefined ? {} : { owner };
}

function standingHere({ state, thumbprint, previous }: DeviceRecord, nowMs: number): KnownDevice {
  const overlapping = previous !== undefined && nowMs < previous.untilMs ? [previous.thumbprint] : [];
  return { state, thumbprints: thumbprint === undefined ? [] : [thumbprint, ...overlapping] };
}
