import { neededNumbers } from './event-hub.ts';
import type { AwaitedRecord, ReceiptRecord } from './records.ts';
import { numberKey, orderKey, type Tables } from './tables.ts';

/** One gateway that gives orders in a loop drives out only its own. */
const KEPT: ReceiptsKept = { all: 10_000, gateway: 2_000 };

interface ReceiptsKept {
  all: number;
  /** By orders of one gateway. */
  gateway: number;
}

type NewReceipt = Omit<ReceiptRecord, 'number' | 'awaited' | 'confirmed'>;

/** What was ended, by which order: kept so that the same order has the same answer, and so that an owner can look it up. */
export interface Receipts {
  of(order: string, gateway: string): ReceiptRecord | undefined;
  /** Awaits from now on that the gateways which its events concern confirm them; the one that gave the order knows. */
  keep(receipt: NewReceipt): void;
  /** This gateway has acted upon all events up to this number. */
  confirm(gateway: string, number: number, nowMs: number): void;
  /** Newest first. */
  list(owner: string, range: { after?: string; limit: number }): ReceiptRecord[];
}

export function createReceipts(tables: Pick<Tables, 'receipts' | 'events'>, kept: ReceiptsKept = KEPT): Receipts {
  const rows = tables.receipts;
  return {
    of: (order, gateway) => rows.by('order', orderKey(order, gateway), { limit: 1 })[0],
    keep(receipt) {
      makeRoom(rows, receipt.gateway, kept);
      const number = (rows.all({ reverse: true, limit: 1 })[0]?.number ?? 0) + 1;
      rows.put(numberKey(number), { ...receipt, number, awaited: awaitedBy(tables, receipt), confirmed: [] });
    },
    confirm(gateway, number, nowMs) {
      for (const receipt of rows.by('awaited', gateway)) {
        const confirmed = confirmedNow(receipt, { gateway, number, nowMs });
        if (confirmed !== undefined) rows.put(numberKey(receipt.number), confirmed);
      }
    },
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}

function awaitedBy({ events }: Pick<Tables, 'events'>, { events: numbers, gateway }: NewReceipt): AwaitedRecord[] {
  const told = numbers.flatMap((number) => events.get(numberKey(number)) ?? []);
  const sinceMs = Math.min(...told.map(({ atMs }) => atMs));
  return [...neededNumbers(told, gateway)].map(([id, number]) => ({ gateway: id, number, sinceMs }));
}

/** @returns the receipt with the confirmation; nothing where this is not what it waits for */
function confirmedNow(
  receipt: ReceiptRecord,
  { gateway, number, nowMs }: { gateway: string; number: number; nowMs: number },
): ReceiptRecord | undefined {
  const { awaited = [], confirmed = [] } = receipt;
  const its = awaited.find((one) => one.gateway === gateway);
  if (its === undefined || number < its.number) return undefined;
  const ms = Math.max(0, nowMs - its.sinceMs);
  return { ...receipt, awaited: awaited.filter((one) => one !== its), confirmed: [...confirmed, { id: gateway, ms }] };
}

/** By how many there are, and not by their numbers: those grow with whoever gives orders in a loop. */
function makeRoom(rows: Tables['receipts'], gateway: string | undefined, kept: ReceiptsKept): void {
  const ofGateway = gateway !== undefined && rows.count('gateway', gateway) >= kept.gateway;
  const [oldest] = ofGateway ? rows.by('gateway', gateway, { limit: 1 }) : [];
  if (oldest !== undefined) rows.remove(numberKey(oldest.number));
  else if (rows.size() >= kept.all) for (const { number } of rows.all({ limit: 1 })) rows.remove(numberKey(number));
}
