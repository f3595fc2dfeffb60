/** What the gateway keeps of devices: the record, and apart from it, sealed, the key. */
import type { KeyAlgorithm } from '../proof/device-key.ts';
import type { DeviceState } from '../servers/authorization-server.ts';
import type { TableKind } from '../store/gateway-store.ts';

export interface DeviceRecord {
  /** The stable slug by which flows name the device. */
  key: string;
  name: string;
  algorithm: KeyAlgorithm;
  /** Absent until the server has registered it. */
  clientId?: string;
  /** The gateway's own `client_id` when it registered the device: with another one, the server knows neither. */
  registeredBy?: string;
  /** RFC 7638 thumbprint of its key, once it has one. */
  thumbprint?: string;
  /** Of the key before it: what was sent with that is let through until then. */
  previous?: { thumbprint: string; untilMs: number };
  createdAtMs: number;
  state: DeviceState;
  /** A stop that the server has still to be told of; it holds here already. */
  owed?: Stop;
}

/** States in which nothing passes. */
export type Stop = 'quarantined' | 'retired';

/** A device whose key is elsewhere, kept only while it must not pass. */
export interface OutsideDevice {
  clientId: string;
  state: Stop;
  owed?: Stop;
}

/** What its owner calls a device whose key is elsewhere. */
export interface OutsideName {
  clientId: string;
  name: string;
}

export interface StoredKey {
  jwk: Record<string, unknown>;
  createdAtMs: number;
}

/** A key that is to take the place of the present one, as long as it is not certain which of the two the server has. */
export interface StoredNextKey extends StoredKey {
  thumbprint: string;
  overlapUntilMs: number;
}

const STATES: readonly string[] = [
  'unprovisioned',
  'provisioned',
  'active',
  'quarantined',
  'retired',
] satisfies DeviceState[];

export const DEVICES: TableKind<DeviceRecord> = { name: 'device', version: 1, read: readDevice };
export const DEVICE_KEYS: TableKind<StoredKey> = { name: 'device-key', version: 1, sealed: true, read: readKey };
export const NEXT_KEYS: TableKind<StoredNextKey> = {
  name: 'device-next-key',
  version: 1,
  sealed: true,
  read: readNextKey,
};
export const OUTSIDE_DEVICES: TableKind<OutsideDevice> = { name: 'outside-device', version: 1, read: readOutside };
export const OUTSIDE_NAMES: TableKind<OutsideName> = { name: 'outside-name', version: 1, read: readOutsideName };

function readDevice(stored: unknown): DeviceRecord {
  const { key, name, algorithm, clientId, registeredBy, thumbprint, previous, createdAtMs, state, owed } =
    fields(stored);
  if (typeof key !== 'string' || typeof name !== 'string' || typeof createdAtMs !== 'number') throw damaged();
  if ((algorithm !== 'ES256' && algorithm !== 'EdDSA') || !isState(state)) throw damaged();
  return {
    key,
    name,
    algorithm,
    createdAtMs,
    state,
    ...(typeof clientId === 'string' ? { clientId } : {}),
    ...(typeof registeredBy === 'string' ? { registeredBy } : {}),
    ...(typeof thumbprint === 'string' ? { thumbprint } : {}),
    ...(previous === undefined ? {} : { previous: readPrevious(previous) }),
    ...(isStop(owed) ? { owed } : {}),
  };
}

function readPrevious(stored: unknown): NonNullable<DeviceRecord['previous']> {
  const { thumbprint, untilMs } = fields(stored);
  if (typeof thumbprint !== 'string' || typeof untilMs !== 'number') throw damaged();
  return { thumbprint, untilMs };
}

function readNextKey(stored: unknown): StoredNextKey {
  const { thumbprint, overlapUntilMs } = fields(stored);
  if (typeof thumbprint !== 'string' || typeof overlapUntilMs !== 'number') throw damaged();
  return { ...readKey(stored), thumbprint, overlapUntilMs };
}

function readKey(stored: unknown): StoredKey {
  const { jwk, createdAtMs } = fields(stored);
  if (typeof createdAtMs !== 'number') throw damaged();
  return { jwk: fields(jwk), createdAtMs };
}

function readOutside(stored: unknown): OutsideDevice {
  const { clientId, state, owed } = fields(stored);
  if (typeof clientId !== 'string' || !isStop(state)) throw damaged();
  return { clientId, state, ...(isStop(owed) ? { owed } : {}) };
}

function readOutsideName(stored: unknown): OutsideName {
  const { clientId, name } = fields(stored);
  if (typeof clientId !== 'string' || typeof name !== 'string') throw damaged();
  return { clientId, name };
}

/** Whether nothing of a device in this state may pass. */
export function isStop(state: unknown): state is Stop {
  return state === 'quarantined' || state === 'retired';
}

function fields(stored: unknown): Record<string, unknown> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) throw damaged();
  return stored as Record<string, unknown>;
}

function isState(value: unknown): value is DeviceState {
  return typeof value === 'string' && STATES.includes(value);
}

function damaged(): Error {
  return new TypeError('A stored device is damaged');
}
