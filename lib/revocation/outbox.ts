import type { EndOrder, EndReport, Target } from '../servers/authorization-server.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';
import { targetKey } from './denial.ts';
import { Lane, type OutboxEntry } from './lane.ts';
import type { Timers } from './timers.ts';

/** Orders on their way to the server: on disk until it has confirmed. */
export interface Outbox {
  /** Orders for the same target that nobody is sending right now: a new order says all that they say. */
  replaceable(target: Target): OutboxEntry[];
  /** Inside the caller's transaction. */
  write(entry: OutboxEntry, instead: readonly OutboxEntry[]): void;
  /** Inside the caller's transaction. */
  remove(entry: OutboxEntry): void;
  /** Sends it as soon as `ready` has settled. Resolves when the server has confirmed (true) or the outbox was closed (false). */
  start(entry: OutboxEntry, ready: Promise<unknown>): Promise<boolean>;
  /** Puts back what somebody else has kept from an earlier run; it is sent with `resume`. */
  restore(entry: OutboxEntry): void;
  /** Takes up what an earlier run left. */
  resume(): void;
  /** The server was heard again: everything that waits is tried soon. */
  kick(): void;
  waiting(): EndOrder[];
  close(): Promise<void>;
}

export interface OutboxOptions {
  store: GatewayStore;
  end(order: EndOrder, signal: AbortSignal): Promise<EndReport>;
  /** Keeps what the server reported; if it rejects, the server is asked again (the same order has the same answer). */
  confirmed(entry: OutboxEntry, report: EndReport): Promise<void>;
  timers: Timers;
  random(): number;
}

const outboxKind: TableKind<OutboxEntry> = { name: 'outbox', version: 1, read: (stored) => stored as OutboxEntry };
/** So many orders that wait are taken up over so long a time that a server just back is not run over. */
const SPREAD_MS_PER_LANE = 20;
const LONGEST_SPREAD_MS = 10_000;

/**
 * One lane for each target: orders for the same thing reach the server one after the other. Only those that end a thing
 * stand for each other; that a share is used up is told beside them.
 */
export function createOutbox({ store, end, confirmed, timers, random }: OutboxOptions): Outbox {
  const table = store.table(outboxKind);
  const lanes = new Map<string, Lane>();
  let closed = false;

  async function deliver(entry: OutboxEntry, signal: AbortSignal): Promise<void> {
    const report = await end(entry.order, signal);
    if (signal.aborted) throw signal.reason;
    await confirmed(entry, report);
  }

  function laneOf({ target, kind }: EndOrder): Lane {
    const key = `${kind ?? ''}${targetKey(target)}`;
    const known = lanes.get(key);
    if (known) return known;
    const lane = new Lane({ deliver, timers, random, empty: () => lanes.delete(key) });
    lanes.set(key, lane);
    return lane;
  }

  function kick(): void {
    const spread = Math.min(lanes.size * SPREAD_MS_PER_LANE, LONGEST_SPREAD_MS);
    for (const lane of lanes.values()) lane.kick(lanes.size === 1 ? 0 : random() * spread);
  }

  return {
    replaceable: (target) => lanes.get(targetKey(target))?.waiting() ?? [],
    write(entry, instead) {
      table.put(entry.order.id, entry);
      for (const { order } of instead) table.remove(order.id);
    },
    remove: ({ order }) => table.remove(order.id),
    start(entry, ready) {
      if (closed) return Promise.resolve(false);
      return laneOf(entry.order).send(entry, ready);
    },
    restore: (entry) => laneOf(entry.order).restore(entry),
    resume() {
      for (const [, entry] of table.entries()) laneOf(entry.order).restore(entry);
      kick();
    },
    kick,
    waiting: () => [...lanes.values()].flatMap((lane) => lane.all().map(({ order }) => order)),
    async close() {
      closed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}
