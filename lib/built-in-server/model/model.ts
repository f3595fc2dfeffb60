/** The server's memory and its rules, put together: everything here is synchronous on the store's tables but for passwords. */
import type { GatewayStore } from '../../store/gateway-store.ts';
import { type ClaimWish, claimByCode } from './claim-device.ts';
import { type Counts, countsOf } from './counts.ts';
import { createDevices, type Devices } from './devices.ts';
import { createEnds, type Ended, type Ends } from './ends.ts';
import { createEvents, type Events } from './events.ts';
import { createForgotten, type Forgotten } from './forgotten.ts';
import { createGateways, type Gateways } from './gateways.ts';
import { createHistory, type History } from './history.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { type GatewayLimits, limitGateway } from './limit-gateway.ts';
import { createOpenRegistration, type OpenRegistration } from './open-registration.ts';
import { createOpenRequests } from './open-requests.ts';
import { createOwnerNews, type OwnerNews } from './owner-news.ts';
import { createOwners, type Owners } from './owners.ts';
import { createPanic, type Panic } from './panic.ts';
import { createPasswords } from './password.ts';
import type { Actor, DeviceRecord, GatewayRecord } from './records.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { createRegistrationTokens, type RegistrationTokens } from './registration-tokens.ts';
import { removeDevice } from './remove-device.ts';
import { removeGuest } from './remove-guest.ts';
import { createRequests, type Requests } from './requests.ts';
import { createResources, type Resources } from './resources.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSetUp, type SetUp } from './set-up.ts';
import { createShares, type Shares } from './shares.ts';
import { type StopParts, stopGateway } from './stop-gateway.ts';
import { openTables, type Tables } from './tables.ts';
import { tellOwners } from './tell-owners.ts';

export interface Model {
  owners: Omit<Owners, 'removeGuest'> & {
    /** With all that was shared with them. @throws ModelError `not_found` where this owner has no such guest */
    removeGuest(name: string, owner: string, by: Actor): Ended;
  };
  sessions: Sessions;
  setUp: SetUp;
  devices: Omit<Devices, 'giveAway'> & {
    /** See `claimByCode`. */
    claimByCode(wish: ClaimWish, by: Actor): { device: DeviceRecord; events: number[] };
    /** Ends all its shares and requests, then the device, for ever. @returns the events' numbers */
    retire(clientId: string, why: string, by: Actor): number[];
    /** Retires it if need be, and takes it off every list. One that nobody claimed is forgotten. */
    remove(device: DeviceRecord, owner: string, by: Actor): Ended;
  };
  gateways: Gateways & {
    /** See `limitGateway`. */
    limit(gateway: GatewayRecord, limits: GatewayLimits, by: Actor): GatewayRecord;
    /** *Stop this gateway*: its client, its tokens, its resources and every key it holds. */
    stop(gateway: GatewayRecord, by: Actor): Ended;
  };
  resources: Resources & {
    /** With its shares, requests and tokens. @returns the events' numbers */
    remove(id: string, by: Actor): number[];
  };
  shares: Shares;
  requests: Requests;
  history: History;
  refusals: Refusals;
  events: Events;
  forgotten: Forgotten;
  news: OwnerNews;
  panic: Panic;
  ends: Ends;
  registrationTokens: RegistrationTokens;
  openRegistration: OpenRegistration;
  counts(owner: string): Counts;
  nowSeconds(): number;
  /** Runs synchronously, all or nothing; resolves when it is on disk. */
  transaction<T>(work: () => T): Promise<T>;
  close(): void;
}

export interface ModelOptions {
  store: GatewayStore;
  issued: IssuedTokens;
  nowMs(): number;
  resetOwner?: boolean;
}

export function createModel(options: ModelOptions): Model {
  const { store, issued, nowMs } = options;
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  const news = createOwnerNews();
  const tables = openTables(store);
  tellOwners(tables, news);
  const history = createHistory(tables, nowSeconds);
  const events = createEvents(tables, nowMs);
  const base = { tables, nowSeconds, events, history, issued };
  const owners = createOwners(tables, createPasswords(), nowSeconds);
  const openRegistration = createOpenRegistration(nowSeconds);
  const panic = createPanic({ ...base, openRegistration });
  const devices = createDevices(base);
  const open = createOpenRequests(tables, nowSeconds);
  const shares = createShares({ ...base, devices, requests: open, panic });
  const retire = (clientId: string, why: string, by: Actor) => {
    const done = shares.ofDevice(clientId).flatMap((share) => shares.end(share.id, why, by) ?? []);
    open.removeDevice(clientId);
    const told = devices.setState(clientId, 'retired', why, by);
    const events = [...done.flatMap((end) => end.events), ...told];
    return { at: nowSeconds(), ended: done.map((end) => end.ended), events };
  };
  const ends = createEnds({ ...base, shares, retire, devices, panic, removeRequests: open.removeResource });
  const sessions = createSessions(tables, nowSeconds);
  const leaving = { ...base, owners, sessions, shares, requests: open };
  return {
    owners: { ...owners, removeGuest: (name, owner, by) => removeGuest(leaving, name, owner, by) },
    sessions,
    setUp: createSetUp({ anyOwner: owners.any, resetOwner: options.resetOwner ?? false, nowMs }),
    devices: {
      ...devices,
      claimByCode: (wish, by) => claimByCode({ ...base, devices, shares, panic, requests: open }, wish, by),
      retire: (clientId, why, by) => retire(clientId, why, by).events,
      remove: (device, owner, by) => removeDevice({ ...base, retire }, device, owner, by),
    },
    gateways: gatewaysOf({ ...base, retire, removeResource: ends.removeResource }),
    resources: { ...createResources(tables), remove: (id, by) => ends.removeResource(id, by).events },
    shares,
    requests: createRequests({ tables, nowSeconds, open, shares, events, history }),
    history,
    refusals: createRefusals(base),
    events: confirming(events, ends, nowMs),
    forgotten: createForgotten({ ...base, epoch: events.epoch }),
    news,
    panic,
    ends,
    registrationTokens: createRegistrationTokens(tables, nowSeconds),
    openRegistration,
    counts: (owner) => countsOf(tables, owner),
    nowSeconds,
    transaction: (work) => store.transaction(work),
    close: events.close,
  };
}

function gatewaysOf(parts: StopParts & { tables: Tables }): Model['gateways'] {
  return {
    ...createGateways(parts.tables),
    limit: (gateway, limits, by) => limitGateway(parts, gateway, limits, by),
    stop: (gateway, by) => stopGateway(parts, gateway, by),
  };
}

/** What a gateway acknowledges it confirms, also to whoever looks at the receipt later. */
function confirming(events: Events, { confirm }: Pick<Ends, 'confirm'>, nowMs: () => number): Events {
  return {
    ...events,
    acknowledge(gateway, number) {
      events.acknowledge(gateway, number);
      confirm(gateway, Math.min(number, events.latest()), nowMs());
    },
  };
}
