import type { RefusalReport, ToldRefusals } from '../servers/reports.ts';

/** Which kind of refusal: whose, where, why. Only ids that the server gave, never anything a sender chose. */
export type RefusalKind = Pick<ToldRefusals, 'resource' | 'device' | 'reason'>;

/**
 * What was refused and is not told yet, by kind. Bounded: of too many kinds the one that was quiet longest goes to the
 * others. Whoever is unknown makes as many kinds as they like: theirs are kept apart, and drive out none of a device.
 */
export interface RefusalSummary {
  /** @returns when it may be told, where nothing of its kind waits to be told already */
  note(kind: RefusalKind, nowMs: number): number | undefined;
  /** When something is to be told; undefined where there is nothing. */
  dueMs(): number | undefined;
  /** Takes out what is to be told now. */
  take(nowMs: number): RefusalReport | undefined;
  /** It could not be told: it is kept, as far as there is room. */
  giveBack(report: RefusalReport, nowMs: number): void;
}

/** Of devices, and once more of those whom nobody knows. */
const MOST_KINDS = 200;
const MOST_AT_ONCE = 100;
/** What comes together is told together. */
const GATHER_MS = 1_000;
const ONCE_IN_MS = 60_000;

interface Tally {
  count: number;
  firstMs: number;
  lastMs: number;
  /** When it may be told. */
  dueMs: number;
}

type Entry = Tally & { kind: RefusalKind };

export function createRefusalSummary(): RefusalSummary {
  /** Each in the order in which they were refused last. */
  const ofDevices = new Map<string, Entry>();
  const ofUnknown = new Map<string, Entry>();
  const others: Tally = { count: 0, firstMs: 0, lastMs: 0, dueMs: 0 };

  function entryOf(kind: RefusalKind): Entry {
    const entries = kind.device === undefined ? ofUnknown : ofDevices;
    const key = JSON.stringify([kind.resource, kind.device, kind.reason]);
    const entry = entries.get(key) ?? { kind, count: 0, firstMs: 0, lastMs: 0, dueMs: 0 };
    entries.delete(key);
    const [quietest] = entries;
    if (entries.size >= MOST_KINDS && quietest !== undefined) {
      const [quietestKey, { count, firstMs, lastMs }] = quietest;
      entries.delete(quietestKey);
      if (count > 0) add(others, { count, firstMs, lastMs });
    }
    entries.set(key, entry);
    return entry;
  }

  const all = (): Entry[] => [...ofDevices.values(), ...ofUnknown.values()];
  const waiting = (): Tally[] => [...all(), others].filter(({ count }) => count > 0);

  return {
    note(kind, nowMs) {
      const entry = entryOf(kind);
      const isNew = entry.count === 0;
      if (isNew) entry.dueMs = isAhead(entry, nowMs) ? nowMs + GATHER_MS : Math.max(entry.dueMs, nowMs + GATHER_MS);
      add(entry, { count: 1, firstMs: nowMs, lastMs: nowMs });
      return isNew ? entry.dueMs : undefined;
    },
    dueMs() {
      const due = waiting().map((tally) => tally.dueMs);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    take(nowMs) {
      const isDue = (tally: Tally) => tally.count > 0 && (tally.dueMs <= nowMs || isAhead(tally, nowMs));
      const due = all().filter(isDue).slice(0, MOST_AT_ONCE);
      const refusals = due.map((entry) => ({ ...entry.kind, ...takenOut(entry, nowMs) }));
      const rest = isDue(others) && { others: takenOut(others, nowMs) };
      return refusals.length > 0 || rest ? { refusals, ...rest } : undefined;
    },
    giveBack({ refusals, others: rest }, nowMs) {
      for (const { count, first, last, ...kind } of refusals) {
        const entry = entryOf(kind);
        add(entry, { count, firstMs: first * 1000, lastMs: last * 1000 });
        entry.dueMs = nowMs;
      }
      if (rest === undefined) return;
      add(others, { count: rest.count, firstMs: rest.first * 1000, lastMs: rest.last * 1000 });
      others.dueMs = nowMs;
    },
  };
}

/** By a clock that was ahead and has been set right: it would have to be as late again before anything was told. */
function isAhead({ dueMs }: Tally, nowMs: number): boolean {
  return dueMs > nowMs + ONCE_IN_MS;
}

function add(tally: Tally, { count, firstMs, lastMs }: Omit<Tally, 'dueMs'>): void {
  tally.firstMs = tally.count === 0 ? firstMs : Math.min(tally.firstMs, firstMs);
  tally.lastMs = tally.count === 0 ? lastMs : Math.max(tally.lastMs, lastMs);
  tally.count += count;
}

function takenOut(tally: Tally, nowMs: number): Pick<ToldRefusals, 'count' | 'first' | 'last'> {
  const { count, firstMs, lastMs } = tally;
  tally.count = 0;
  tally.dueMs = nowMs + ONCE_IN_MS;
  return { count, first: Math.floor(firstMs / 1000), last: Math.floor(lastMs / 1000) };
}
