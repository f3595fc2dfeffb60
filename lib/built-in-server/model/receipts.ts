import type { ReceiptRecord } from './records.ts';
import { numberKey, orderKey, type Tables } from './tables.ts';

const KEPT_RECEIPTS = 10_000;
/** One gateway that gives orders in a loop drives out only its own. */
const KEPT_PER_GATEWAY = 2_000;

/** What was ended, by which order: kept so that the same order has the same answer, and so that an owner can look it up. */
export interface Receipts {
  of(order: string, gateway: string): ReceiptRecord | undefined;
  keep(receipt: Omit<ReceiptRecord, 'number'>): void;
  /** Newest first. */
  list(owner: string, range: { after?: string; limit: number }): ReceiptRecord[];
}

export function createReceipts({ receipts: rows }: Pick<Tables, 'receipts'>): Receipts {
  return {
    of: (order, gateway) => rows.by('order', orderKey(order, gateway), { limit: 1 })[0],
    keep(receipt) {
      makeRoom(rows, receipt.gateway);
      const number = (rows.all({ reverse: true, limit: 1 })[0]?.number ?? 0) + 1;
      rows.put(numberKey(number), { ...receipt, number });
      if (number > KEPT_RECEIPTS) rows.remove(numberKey(number - KEPT_RECEIPTS));
    },
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}

function makeRoom(rows: Tables['receipts'], gateway: string | undefined): void {
  if (gateway === undefined || rows.count('gateway', gateway) < KEPT_PER_GATEWAY) return;
  for (const { number } of rows.by('gateway', gateway, { limit: 1 })) rows.remove(numberKey(number));
}
