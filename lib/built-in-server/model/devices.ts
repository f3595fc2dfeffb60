import { changeKey, endOverlaps, type KeyChange, nextOverlapEnd } from './device-key.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import type { RowRange } from './indexed-table.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import { checkName } from './owners.ts';
import type { Actor, DeviceRecord, DeviceState } from './records.ts';
import { nameKey, type Tables } from './tables.ts';
import { tellConcerned } from './tell-concerned.ts';

const MOST_UNCLAIMED = 1000;
const MOST_PER_OWNER = 5000;
const UNCLAIMED_LIFE_SECONDS = 24 * 60 * 60;

export interface Devices {
  get(clientId: string): DeviceRecord | undefined;
  /**
   * Keeps a device. A new unclaimed one drives out those older than a day and, beyond 1,000, the oldest; their clients go with them.
   * @throws ModelError `too_many` where the owner has 5,000 devices
   */
  put(record: DeviceRecord): void;
  byThumbprint(jkt: string): DeviceRecord | undefined;
  /** Does another device already go by this name? */
  nameTaken(name: string, but?: string): boolean;
  claimed(clientId: string): boolean;
  /**
   * Makes the owner's a device that nobody has claimed. Doing it twice changes nothing.
   * @throws ModelError `device_unknown`, `device_retired`, `device_of_another`, `too_many`, `invalid_request` for a name
   * that is none
   */
  claim(clientId: string, owner: string, by: Actor, name?: string): DeviceRecord;
  /** It is nobody's again, under the name that it gave itself. What its owner shared with it is the caller's to end first. */
  giveAway(clientId: string): void;
  /**
   * Changes the state, tells the gateways and ends the device's tokens unless it is active. Retired is for ever.
   * @returns the numbers of the events
   * @throws ModelError `device_unknown`, `device_retired`
   */
  setState(clientId: string, state: DeviceState, why: string, by: Actor): number[];
  /**
   * A device's key gives way to another: what was bound to the old one ends, now or after the overlap, and gateways hear
   * of it.
   * @returns the numbers of the events
   * @throws ModelError `device_unknown`, `device_retired`, `device_not_active`, `key_taken`, `too_many`
   */
  changeKey(clientId: string, change: KeyChange): number[];
  /** When `endOverlaps` has something to do again, in seconds since 1970. */
  nextOverlapEnd(): number | undefined;
  /** Ends what is bound to old keys whose overlap is over. @returns the numbers of the events */
  endOverlaps(): number[];
  list(range: { owner: string } & RowRange): DeviceRecord[];
  /** Those nobody has claimed yet. */
  unclaimed(range?: RowRange): DeviceRecord[];
  ofGateway(gateway: string): DeviceRecord[];
  /** Somebody's, in use, and made and kept outside of any gateway. */
  outside(): DeviceRecord[];
  /** The owner's own name for it. @throws ModelError `device_unknown`, `invalid_request` */
  rename(clientId: string, name: string, by: Actor): DeviceRecord;
  /** Forgets those that nobody has claimed within a day; call it now and then. */
  forgetUnclaimed(): void;
}

export interface DeviceParts {
  tables: Pick<Tables, 'devices' | 'shares'>;
  nowSeconds(): number;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
}

export function createDevices(parts: DeviceParts): Devices {
  const { tables, history } = parts;
  const rows = tables.devices;
  return {
    get: (clientId) => rows.get(clientId),
    put(record) {
      if (rows.get(record.clientId) === undefined) makeRoom(parts, record);
      rows.put(record.clientId, record);
    },
    byThumbprint: (jkt) => rows.by('thumbprint', jkt, { limit: 1 })[0],
    nameTaken: (name, but) => isNameTaken(parts, name, but),
    claimed: (clientId) => rows.get(clientId)?.owner !== undefined,
    claim(clientId, owner, by, name) {
      const device = known(parts, clientId);
      if (device.owner === undefined) refuseTooMany(parts, owner);
      if (device.state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
      if (device.owner === owner && name === undefined) return device;
      if (device.owner !== undefined && device.owner !== owner)
        throw new ModelError('device_of_another', 'this device belongs to another owner');
      const state = device.state === 'provisioned' ? 'active' : device.state;
      const claimed = { ...device, owner, state, ...(name === undefined ? {} : named(parts, device, name)) };
      rows.put(clientId, claimed);
      if (device.owner === undefined) history.add({ what: 'device_claimed', by, owner, device: clientId });
      if (state !== device.state) tellState(parts, claimed, 'claimed');
      return claimed;
    },
    giveAway(clientId) {
      const { owner: _, name: __, ...rest } = known(parts, clientId);
      const nameTaken = isNameTaken(parts, rest.callsItself, clientId);
      rows.put(clientId, { ...rest, name: rest.callsItself, nameTaken });
    },
    setState: (clientId, state, why, by) => setState(parts, clientId, state, why, by),
    changeKey: (clientId, change) => changeKey(parts, known(parts, clientId), change),
    nextOverlapEnd: () => nextOverlapEnd(parts),
    endOverlaps: () => endOverlaps(parts),
    list: ({ owner, ...range }) => rows.by('owner', owner, range),
    unclaimed: (range = {}) => rows.by('unclaimed', 'yes', range),
    ofGateway: (gateway) => rows.by('gateway', gateway),
    outside: () =>
      rows.all().filter(({ owner, gateway, state }) => owner !== undefined && !gateway && state !== 'retired'),
    rename(clientId, name, by) {
      const device = known(parts, clientId);
      const renamed = { ...device, ...named(parts, device, name) };
      rows.put(clientId, renamed);
      const owner = device.owner === undefined ? {} : { owner: device.owner };
      const values = { from: device.name, to: renamed.name };
      if (renamed.name !== device.name) history.add({ what: 'device_renamed', by, device: clientId, ...owner, values });
      return renamed;
    },
    forgetUnclaimed: () => forgetUnclaimed(parts, MOST_UNCLAIMED),
  };
}

function setState(parts: DeviceParts, clientId: string, state: DeviceState, why: string, by: Actor): number[] {
  const device = known(parts, clientId);
  if (device.state === state) return [];
  if (device.state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
  const changed = { ...device, state };
  parts.tables.devices.put(clientId, changed);
  const owner = device.owner === undefined ? {} : { owner: device.owner };
  parts.history.add({ what: `device_${state}`, by, device: clientId, why, ...owner });
  const told = tellState(parts, changed, why);
  if (state === 'active') return told;
  const ended = parts.issued.endByDevice(clientId);
  return [...told, ...announceEnded(ended, parts.nowSeconds(), parts.events.add)];
}

function tellState(parts: DeviceParts, device: DeviceRecord, why: string): number[] {
  const { clientId, state } = device;
  return tellConcerned(parts, device, { type: 'device-state', at: parts.nowSeconds(), device: clientId, state, why });
}

function isNameTaken({ tables }: DeviceParts, name: string, but?: string): boolean {
  return tables.devices.by('name', nameKey(name), { limit: 2 }).some((other) => other.clientId !== but);
}

/** A name that its owner gave: two of the same are allowed, and shown to be. */
function named(parts: DeviceParts, { clientId }: DeviceRecord, name: string): Pick<DeviceRecord, 'name' | 'nameTaken'> {
  checkName(name);
  return { name: name.trim(), nameTaken: isNameTaken(parts, name, clientId) };
}

function known({ tables }: DeviceParts, clientId: string): DeviceRecord {
  const device = tables.devices.get(clientId);
  if (device === undefined) throw new ModelError('device_unknown', 'there is no such device');
  return device;
}

function makeRoom(parts: DeviceParts, coming: DeviceRecord): void {
  if (coming.owner === undefined) forgetUnclaimed(parts, MOST_UNCLAIMED - 1);
  else refuseTooMany(parts, coming.owner);
}

function refuseTooMany({ tables }: DeviceParts, owner: string): void {
  if (tables.devices.count('owner', owner) >= MOST_PER_OWNER) throw new ModelError('too_many', 'too many devices');
}

/** Those older than a day, and beyond `most` the oldest. */
function forgetUnclaimed({ tables, issued, nowSeconds }: DeviceParts, most: number): void {
  const rows = tables.devices;
  const waiting = rows.by('unclaimed', 'yes').sort((one, other) => one.createdAt - other.createdAt);
  const tooOld = nowSeconds() - UNCLAIMED_LIFE_SECONDS;
  const surplus = waiting.length - most;
  waiting.forEach((device, index) => {
    if (index >= surplus && device.createdAt >= tooOld) return;
    rows.remove(device.clientId);
    issued.endClient(device.clientId);
  });
}
