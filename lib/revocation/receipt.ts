import { randomBytes } from 'node:crypto';
import type { EndedShare, EndReport, Target } from '../servers/authorization-server.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';
import type { Seconds } from '../uma/permission.ts';

/** What a revocation did, and who has not confirmed it yet. */
export interface Receipt {
  id: string;
  target: Target;
  /** The moment of which this speaks: of the server's clock once it has confirmed, else `at`. */
  asOf: Seconds;
  /** The shares that ended: those known here at first, then those the server named. */
  revoked: EndedShare[];
  /** When it was asked for. */
  at: Seconds;
  /** How long it took from the call: here, at the server, at other gateways. */
  effective: { localMs: number; serverMs?: number; gateways: { id: string; ms: number }[] };
  /** `server`, until it has confirmed; then the gateways that have not. */
  unconfirmed: string[];
}

/** The newest receipts, for the owner to look back. */
export interface Receipts {
  /** Inside the caller's transaction. */
  save(receipt: Receipt): void;
  get(id: string): Receipt | undefined;
  /** Newest first, after the one with the id `after`. */
  list(range?: { limit?: number; after?: string }): Receipt[];
}

const receiptKind: TableKind<Receipt> = { name: 'receipts', version: 1, read: (stored) => stored as Receipt };
const KEPT = 10_000;

/** @param kept - beyond so many the oldest is forgotten */
export function createReceipts(store: GatewayStore, kept: number = KEPT): Receipts {
  const table = store.table(receiptKind);
  let count = [...table.entries()].length;
  return {
    get: (id) => table.get(id),
    save(receipt) {
      if (!table.get(receipt.id)) count += 1;
      table.put(receipt.id, receipt);
      for (const [oldest] of count > kept ? table.entries({ limit: count - kept }) : []) {
        table.remove(oldest);
        count -= 1;
      }
    },
    list({ limit = 100, after } = {}) {
      const range = { limit, reverse: true, ...(after !== undefined && { after }) };
      return Array.from(table.entries(range), ([, receipt]) => receipt);
    },
  };
}

/** An id that nobody can guess and that sorts by time. It names the order at the server, too. */
export function newReceiptId(now: Seconds): string {
  const time = Math.round(now * 1000)
    .toString(36)
    .padStart(9, '0');
  return `r-${time}-${randomBytes(9).toString('base64url')}`;
}

/** A receipt as it stands once the server has done its part. */
export function confirmedReceipt(receipt: Receipt, report: EndReport, serverMs: number): Receipt {
  return {
    ...receipt,
    asOf: report.at,
    revoked: report.ended.length > 0 ? report.ended : receipt.revoked,
    effective: { ...receipt.effective, serverMs: Math.max(0, serverMs), gateways: report.gateways },
    unconfirmed: report.unconfirmed,
  };
}
