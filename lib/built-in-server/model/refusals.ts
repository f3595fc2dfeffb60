import type { RefusalCounts, RefusalReason } from '../../sharing/refusal.ts';
import type { Seconds } from '../../sharing/share.ts';
import type { History } from './history.ts';
import { newId } from './ids.ts';
import type { GatewayRecord, RefusalRecord } from './records.ts';
import { numberKey, refusalKey, type Tables } from './tables.ts';

/** One gateway that tells of refusals in a loop drives out only its own; none of them drives out a line of history. */
const KEPT: RefusalsKept = { gateway: 1_000, owner: 5_000 };
const ROW_SECONDS = 24 * 60 * 60;
/** A gateway's clock is its own affair; what it tells is of these days. */
const OLDEST_SECONDS = 7 * 24 * 60 * 60;
/** Of one gateway and day, rows of those whom nobody knows: so many resources by name. */
const MOST_NAMED = 3;
const MOST_COUNTED = 1_000_000_000_000;

/** How many rows of one. */
interface RefusalsKept {
  gateway: number;
  owner: number;
}

/** Refusals of one kind, as a gateway tells of them; without a resource and a reason, of kinds that it cannot keep apart. */
export interface RefusalsTold {
  resource?: string;
  device?: string;
  reason?: RefusalReason;
  count: number;
  first: Seconds;
  last: Seconds;
}

/** What gateways did not let through: beside the history, and read together with it. */
export interface Refusals {
  /**
   * Adds up what is of one kind, for a day in one row; of whoever is unknown only a few rows. What was refused at a
   * resource that is not this gateway's is passed over; a device of somebody else's is nobody.
   */
  note(gateway: OwnedGateway, told: readonly RefusalsTold[]): void;
  /** Newest first. `after` is the place of the last row, or the key of the last line of history, that was seen. */
  list(owner: string, range: { after?: string; limit: number }): RefusalRecord[];
}

export interface RefusalParts {
  tables: Pick<Tables, 'refusals' | 'resources' | 'devices'>;
  history: Pick<History, 'latest'>;
  nowSeconds(): Seconds;
}

export function createRefusals(parts: RefusalParts, kept: RefusalsKept = KEPT): Refusals {
  const rows = parts.tables.refusals;
  return {
    note(gateway, told) {
      for (const one of told) addUp(parts, gateway, one, kept);
    },
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}

type OwnedGateway = GatewayRecord & { owner: string };
type Kind = Pick<RefusalRecord, 'gateway' | 'resource' | 'device' | 'reason' | 'reasons'>;

function addUp(parts: RefusalParts, gateway: OwnedGateway, told: RefusalsTold, kept: RefusalsKept): void {
  const { tables, nowSeconds } = parts;
  const { owner, clientId } = gateway;
  const { resource } = told;
  if (resource !== undefined && tables.resources.get(resource)?.gateway !== clientId) return;
  const kind = kindOf(parts, gateway, told);
  const now = nowSeconds();
  const within = (at: Seconds) => Math.min(Math.max(at, now - OLDEST_SECONDS), now);
  const last = within(told.last);
  const first = Math.min(within(told.first), last);
  const open = openRow(parts, kind);
  if (open) tables.refusals.remove(open.place);
  else makeRoom(tables.refusals, { owner, gateway: clientId }, kept);
  const place = nextPlace(parts);
  const row = open ?? { id: newId('rf_'), count: 0, first, last, begunAt: now };
  tables.refusals.put(place, {
    ...{ id: row.id, place, owner, begunAt: row.begunAt, ...kind },
    ...(kind.reasons && { reasons: withTold(open?.reasons, told) }),
    count: Math.min(row.count + told.count, MOST_COUNTED),
    first: Math.min(row.first, first),
    last: Math.max(row.last, last),
  });
}

/**
 * Whoever is unknown may try everything, for every reason there is. That is a row for each of a few resources, whatever
 * the reasons, and one for all others.
 */
function kindOf(parts: RefusalParts, { clientId: gateway, owner }: OwnedGateway, told: RefusalsTold): Kind {
  const { resource, device, reason } = told;
  if (resource === undefined || reason === undefined) return { gateway };
  const isOwn = device !== undefined && parts.tables.devices.get(device)?.owner === owner;
  if (isOwn) return { gateway, resource, device, reason };
  const there = { gateway, resource, reasons: {} };
  const isNamed = openRow(parts, there) !== undefined || namedToday(parts, gateway) < MOST_NAMED;
  return isNamed ? there : { gateway, reasons: {} };
}

/** The row that counts what is of this kind today. */
function openRow(parts: RefusalParts, kind: Kind): RefusalRecord | undefined {
  const [newest] = parts.tables.refusals.by('kind', refusalKey(kind), { reverse: true, limit: 1 });
  return newest && isOpen(parts, newest) ? newest : undefined;
}

function isOpen({ nowSeconds }: RefusalParts, { begunAt }: RefusalRecord): boolean {
  return Math.abs(nowSeconds() - begunAt) < ROW_SECONDS;
}

/** At how many resources somebody unknown has a row that still counts. */
function namedToday(parts: RefusalParts, gateway: string): number {
  // No others were written within a day, since so many at most are begun within one.
  const newest = parts.tables.refusals.by('unknown', gateway, { reverse: true, limit: 2 * (MOST_NAMED + 1) });
  return newest.filter((row) => row.resource !== undefined && isOpen(parts, row)).length;
}

function withTold(before: RefusalCounts = {}, { reason, count }: RefusalsTold): RefusalCounts {
  if (reason === undefined) return before;
  return { ...before, [reason]: Math.min((before[reason] ?? 0) + count, MOST_COUNTED) };
}

/** Behind the newest line of history, and behind the newest of these. */
function nextPlace({ tables, history }: RefusalParts): string {
  const line = numberKey(history.latest());
  const [newest] = tables.refusals.all({ reverse: true, limit: 1 });
  const [of, number = '0'] = newest?.place.split('.') ?? [];
  return `${line}.${numberKey(of === line ? Number(number) + 1 : 1)}`;
}

function makeRoom(rows: Tables['refusals'], of: { owner: string; gateway: string }, kept: RefusalsKept): void {
  for (const index of ['gateway', 'owner'] as const) {
    if (rows.count(index, of[index]) < kept[index]) continue;
    for (const { place } of rows.by(index, of[index], { limit: 1 })) rows.remove(place);
  }
}
