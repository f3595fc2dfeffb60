import type { DeviceState } from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import { DEVICES, type DeviceRecord, isStop, OUTSIDE_DEVICES, type Stop } from './device-record.ts';

/**
 * Every device this gateway knows, in memory and on disk, found by key or by `client_id`.
 * Writing takes effect in memory at once, also when the disk then fails: nothing stopped comes back that way.
 */
export interface DeviceBook {
  byKey(key: string): DeviceRecord | undefined;
  byClientId(clientId: string): DeviceRecord | undefined;
  all(): DeviceRecord[];
  /** @param why - what made its state another; where it is not said, nobody is told */
  put(record: DeviceRecord, why?: string): Promise<void>;
  /** Of this gateway's devices, and of outside devices that must not pass. */
  state(clientId: string): Pick<DeviceRecord, 'state' | 'owed'> | undefined;
  /**
   * @param owed - what the server has still to be told
   * @param why - as for `put`
   */
  setState(clientId: string, state: 'active' | Stop, owed?: Stop, why?: string): Promise<void>;
  /** Hears of every state that changes, at once. @returns ends it */
  onState(listener: (change: StateChange) => void): () => void;
  /** Client ids of devices whose keys are elsewhere and that, as the server has told, must not pass for now. */
  stoppedElsewhere(): string[];
  /** Client ids of devices whose stop the server has still to be told of. */
  owing(): string[];
}

/** What flows hear of a device. */
export interface StateChange {
  /** Its `client_id`, or its key while it has none. */
  device: string;
  /** The stable slug, of a device of this gateway. */
  key?: string;
  state: DeviceState;
  before: DeviceState;
  why: string;
}

export function createDeviceBook(store: GatewayStore): DeviceBook {
  const table = store.table(DEVICES);
  const byKey = new Map([...table.entries()].map(([, record]) => [record.key, record]));
  const keyByClientId = new Map<string, string>();
  for (const { key, clientId } of byKey.values()) if (clientId !== undefined) keyByClientId.set(clientId, key);
  const outside = createOutsideDevices(store);
  const byClientId = (clientId: string) => byKey.get(keyByClientId.get(clientId) ?? '');

  const listeners = new Set<(change: StateChange) => void>();
  const tell = (change: Omit<StateChange, 'why'>, why: string | undefined) => {
    if (why === undefined || change.state === change.before) return;
    for (const listener of [...listeners]) listener({ ...change, why });
  };

  function put(record: DeviceRecord, why?: string): Promise<void> {
    const { clientId: before, state = 'unprovisioned' } = byKey.get(record.key) ?? {};
    if (before !== undefined && before !== record.clientId) keyByClientId.delete(before);
    byKey.set(record.key, record);
    if (record.clientId !== undefined) keyByClientId.set(record.clientId, record.key);
    const { key } = record;
    tell({ device: record.clientId ?? key, key, state: record.state, before: state }, why);
    return store.transaction(() => table.put(record.key, record));
  }

  return {
    byKey: (key) => byKey.get(key),
    byClientId,
    all: () => [...byKey.values()],
    put,
    state: (clientId) => byClientId(clientId) ?? outside.state(clientId),
    setState(clientId, state, owed, why) {
      const record = byClientId(clientId);
      if (record === undefined) {
        const before = outside.state(clientId)?.state ?? 'active';
        const written = outside.setState(clientId, state, owed);
        tell({ device: clientId, state, before }, why);
        return written;
      }
      const { owed: _, ...rest } = record;
      return put({ ...rest, state, ...(owed === undefined ? {} : { owed }) }, why);
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stoppedElsewhere: outside.stoppedElsewhere,
    owing() {
      const own = [...byKey.values()].filter((record) => record.owed !== undefined);
      return [...own.flatMap(({ clientId }) => clientId ?? []), ...outside.owing()];
    },
  };
}

function createOutsideDevices(
  store: GatewayStore,
): Pick<DeviceBook, 'state' | 'setState' | 'owing' | 'stoppedElsewhere'> {
  const table = store.table(OUTSIDE_DEVICES);
  const stopped = new Map([...table.entries()].map(([, device]) => [device.clientId, device]));
  return {
    state: (clientId) => stopped.get(clientId),
    setState(clientId, state, owed) {
      if (!isStop(state)) {
        stopped.delete(clientId);
        return store.transaction(() => table.remove(clientId));
      }
      const device = { clientId, state, ...(owed === undefined ? {} : { owed }) };
      stopped.set(clientId, device);
      return store.transaction(() => table.put(clientId, device));
    },
    stoppedElsewhere: () =>
      [...stopped.values()].flatMap(({ clientId, state, owed }) =>
        state === 'quarantined' && owed === undefined ? clientId : [],
      ),
    owing: () => [...stopped.values()].flatMap(({ clientId, owed }) => (owed === undefined ? [] : clientId)),
  };
}
