import type { RefusalReason } from '../../sharing/refusal.ts';
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
   * Adds up what is of one kind, for a day in one row. What was refused at a resource that is not this gateway's is passed
   * over; a device of somebody else's is nobody.
   */
  note(gateway: GatewayRecord & { owner: string }, told: readonly RefusalsTold[]): void;
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

function addUp(
  parts: RefusalParts,
  gateway: GatewayRecord & { owner: string },
  told: RefusalsTold,
  kept: RefusalsKept,
): void {
  const { tables, nowSeconds } = parts;
  const { owner, clientId } = gateway;
  const { resource, device, reason } = told;
  if (resource !== undefined && tables.resources.get(resource)?.gateway !== clientId) return;
  const isOwn = device !== undefined && tables.devices.get(device)?.owner === owner;
  const kind = {
    gateway: clientId,
    ...(resource !== undefined && { resource }),
    ...(isOwn && { device }),
    ...(reason !== undefined && { reason }),
  };
  const now = nowSeconds();
  const within = (at: Seconds) => Math.min(Math.max(at, now - OLDEST_SECONDS), now);
  const last = within(told.last);
  const first = Math.min(within(told.first), last);
  const [before] = tables.refusals.by('kind', refusalKey(kind), { reverse: true, limit: 1 });
  const open = before !== undefined && Math.abs(now - before.begunAt) < ROW_SECONDS ? before : undefined;
  if (open) tables.refusals.remove(open.place);
  else makeRoom(tables.refusals, { owner, gateway: clientId }, kept);
  const place = nextPlace(parts);
  const row = open ?? { id: newId('rf_'), count: 0, first, last, begunAt: now };
  tables.refusals.put(place, {
    ...{ id: row.id, place, owner, begunAt: row.begunAt, ...kind },
    count: Math.min(row.count + told.count, MOST_COUNTED),
    first: Math.min(row.first, first),
    last: Math.max(row.last, last),
  });
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
