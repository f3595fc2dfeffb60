import type { DeviceRole, ServerChange } from '../servers/authorization-server.ts';
import type { DeviceBook } from './device-book.ts';
import { DeviceError } from './device-error.ts';
import { type DeviceRecord, isStop, type Stop } from './device-record.ts';
import { createTelling, isUnknownThere, type Told } from './telling.ts';

/** The denylist's part of a quarantine (filled by `gateway` from `revocation`). */
export interface Quarantine {
  /** Refuses everything of the device: in memory when called, on disk when resolved. Idempotent. */
  block(clientId: string): Promise<void>;
  lift(clientId: string): Promise<void>;
}

export interface DeviceStates {
  /** Holds here at once and on disk when resolved, whatever the server says. */
  stop(clientId: string, state: Stop): Promise<Told>;
  /** Before there is a `client_id`: nothing can have been issued yet, so the record alone holds it until then. */
  stopUnregistered(record: DeviceRecord, state: Stop): Promise<Told>;
  /** Asks the server first, because only an owner's authority may start something again. */
  resume(clientId: string): Promise<void>;
  apply(change: ServerChange & { type: 'device-state' }): Promise<void>;
  /**
   * Asks the server how a device stands, and follows it. One whose key is elsewhere, and that the server says nothing of,
   * stays as it is.
   */
  look(clientId: string): Promise<void>;
  /** Tells the server what it has still to be told. */
  settle(clientId: string): Promise<Told>;
}

export interface DeviceStatesPorts {
  book: DeviceBook;
  devices: Pick<DeviceRole, 'standing' | 'setState'>;
  quarantine: Quarantine;
}

export function createDeviceStates({ book, devices, quarantine }: DeviceStatesPorts): DeviceStates {
  const stops = createStopCount();
  const { settle } = createTelling(book, devices);

  async function hold(clientId: string, state: Stop, owed: Stop | undefined, why: string): Promise<void> {
    stops.note(clientId);
    await Promise.all([book.setState(clientId, state, owed, why), quarantine.block(clientId)]);
  }

  /** @param before - the count of stops at the beginning; one made since then wins over what the server said */
  async function start(clientId: string, before: number, why: string): Promise<void> {
    if (stops.of(clientId) !== before) return;
    await quarantine.lift(clientId);
    if (stops.of(clientId) !== before) return quarantine.block(clientId);
    await book.setState(clientId, 'active', undefined, why);
  }

  /** The server may have heard "active" after the stop that overtook it. */
  async function stopAgain(clientId: string): Promise<void> {
    const state = book.state(clientId)?.state;
    if (!isStop(state)) return;
    await book.setState(clientId, state, state);
    await settle(clientId);
  }

  async function apply({ device, state, why: told = 'elsewhere' }: StateTold) {
    const why = WHY[told] ?? told;
    const here = book.state(device);
    if (isStop(state)) {
      if (here?.state === state) return here.owed === state ? book.setState(device, state) : undefined;
      if (here?.state !== 'retired') await hold(device, state, here?.owed === state ? undefined : here?.owed, why);
    } else if (state === 'active' && isStop(here?.state) && here?.owed === undefined) {
      const before = stops.of(device);
      if (await isActive({ book, devices }, device)) await start(device, before, why);
    } else if (state === 'active' && here?.state === 'provisioned') await book.setState(device, state, undefined, why);
  }

  return {
    async stop(clientId, state) {
      if (book.state(clientId)?.state !== 'retired') await hold(clientId, state, state, BY_FLOW);
      return settle(clientId);
    },
    async stopUnregistered(record, state) {
      await book.put({ ...record, state, owed: state }, BY_FLOW);
      return { told: false, error: new DeviceError('device_unprovisioned', record.key, record.name) };
    },
    async resume(clientId) {
      if (book.state(clientId)?.state === 'retired') throw new DeviceError('device_retired', clientId);
      const before = stops.of(clientId);
      const stopped = await settle(clientId);
      if (!stopped.told) throw stopped.error;
      if (stops.of(clientId) !== before) return;
      await devices.setState(clientId, 'active');
      if (stops.of(clientId) !== before) return stopAgain(clientId);
      await start(clientId, before, BY_FLOW);
    },
    apply,
    look: createLook({ book, devices }, stops, apply),
    settle,
  };
}

type StateTold = Pick<ServerChange & { type: 'device-state' }, 'device' | 'state' | 'why'>;

/** The server tells shares and devices apart in what it says; whoever watches a device wants to know who did it. */
const WHY: Record<string, string> = {
  device_retired: 'by_owner',
  device_removed: 'by_owner',
  ended_by_gateway: 'by_gateway',
};

/** Of a change that a flow of this gateway made. */
const BY_FLOW = 'by_flow';

/**
 * Whether "active" is no old news. Of devices whose keys are elsewhere the server tells this gateway nothing but their
 * changes, in order: there the change itself is the answer. A rejection ends the stream that brought the change, so it
 * must not come from an answer that will be the same the next time.
 */
async function isActive({ book, devices }: Omit<DeviceStatesPorts, 'quarantine'>, clientId: string): Promise<boolean> {
  if (book.byClientId(clientId) === undefined) return true;
  try {
    return (await devices.standing(clientId)).state === 'active';
  } catch (error) {
    if (isUnknownThere(error)) return false;
    throw error;
  }
}

function createLook(
  { book, devices }: Omit<DeviceStatesPorts, 'quarantine'>,
  stops: Pick<ReturnType<typeof createStopCount>, 'of'>,
  apply: (told: StateTold) => Promise<void>,
): DeviceStates['look'] {
  return async (device) => {
    const before = stops.of(device);
    const standing = await devices.standing(device).catch((error: unknown) => {
      if (book.byClientId(device) === undefined && isUnknownThere(error)) return undefined;
      throw error;
    });
    // A stop that was heard since is newer than this answer may be.
    if (standing && stops.of(device) === before) await apply({ device, state: standing.state });
  };
}

/** How often each device was stopped, so that a start under way can see that it was overtaken. */
function createStopCount(): { note(clientId: string): void; of(clientId: string): number } {
  const counts = new Map<string, number>();
  const of = (clientId: string) => counts.get(clientId) ?? 0;
  return { of, note: (clientId) => void counts.set(clientId, of(clientId) + 1) };
}
