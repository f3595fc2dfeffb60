/**
 * Shares that were for one message, and have had it. Here they are refused from the tick in which it passed; the server
 * is told until it has confirmed, and ends them for ever.
 */
import type { EndOrder } from '../servers/authorization-server.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';
import type { Seconds } from '../uma/permission.ts';
import type { OutboxEntry } from './lane.ts';
import type { Outbox } from './outbox.ts';
import { newReceiptId } from './receipt.ts';

export interface UsedShares {
  usedUp(share: string): boolean;
  /**
   * Uses all of them up, or none: one message may need several. Synchronous, and on disk when it returns.
   * @returns false where one of them is used up already. @throws StoreError where that cannot be written
   */
  use(shares: readonly string[]): boolean;
  /** The server has ended it as used up, whoever told it: on disk when it resolves. */
  endedByServer(share: string): Promise<void>;
  /** The server knows now. What is alive of the share may be shown for a while longer, and is refused as long. */
  confirmed(order: EndOrder): Promise<void>;
}

export interface UsedSharesOptions {
  store: GatewayStore;
  outbox: Pick<Outbox, 'start' | 'restore'>;
  now(): Seconds;
  /** How long a token of such a share can still be shown once its server gives no more. */
  keepSeconds: Seconds;
}

/** One message, and every share that it used up. */
interface Use {
  id: string;
  shares: string[];
  at: Seconds;
  /** The server knows of all of them, and nothing alive can meet this after then. */
  dropAfter?: Seconds;
}

const SWEEP_EVERY_SECONDS = 60;
const uses: TableKind<Use> = { name: 'used-shares', version: 1, read: readUse };

/** Restores its memory, and what the server has still to be told, before it returns. @throws StoreError */
export function createUsedShares({ store, outbox, now, keepSeconds }: UsedSharesOptions): UsedShares {
  const table = store.table(uses);
  const byShare = new Map<string, Use>();
  const untold = new Set<string>();
  let sweepAt = 0;

  function remember(use: Use): void {
    for (const share of use.shares) byShare.set(share, use);
  }

  function sweep(): void {
    if (now() < sweepAt) return;
    sweepAt = now() + SWEEP_EVERY_SECONDS;
    for (const [share, { id, dropAfter = Number.POSITIVE_INFINITY }] of byShare) {
      if (dropAfter >= now()) continue;
      table.remove(id);
      byShare.delete(share);
    }
  }

  /** Remembered only once it is on disk: what could not be written was not used. */
  async function keep(use: Use): Promise<void> {
    await store.transaction(() => {
      table.put(use.id, use);
      sweep();
    });
    remember(use);
  }

  for (const [, use] of table.entries()) {
    remember(use);
    if (use.dropAfter !== undefined) continue;
    for (const entry of entriesOf(use)) {
      untold.add(entry.order.id);
      outbox.restore(entry);
    }
  }

  return {
    usedUp: (share) => byShare.has(share),
    use(shares) {
      if (shares.some((share) => byShare.has(share))) return false;
      const use = { id: newReceiptId(now()), shares: [...shares], at: now() };
      // By itself, and not in a transaction: that would say only later whether it was written.
      table.put(use.id, use);
      remember(use);
      for (const entry of entriesOf(use)) {
        untold.add(entry.order.id);
        outbox.start(entry, Promise.resolve()).catch(() => {});
      }
      return true;
    },
    async endedByServer(share) {
      if (byShare.has(share)) return;
      await keep({ id: newReceiptId(now()), shares: [share], at: now(), dropAfter: now() + keepSeconds });
    },
    async confirmed(order) {
      const use = 'share' in order.target ? byShare.get(order.target.share) : undefined;
      const left = use && entriesOf(use).filter(({ order: { id } }) => id !== order.id && untold.has(id));
      if (use && left?.length === 0) await keep({ ...use, dropAfter: now() + keepSeconds });
      untold.delete(order.id);
    },
  };
}

/** The same after every start, so that the server knows an order again. */
function entriesOf({ id, shares, at }: Use): OutboxEntry[] {
  return shares.map((share) => ({
    order: { id: `${id} ${share}`, target: { share }, at, kind: 'used' },
    receipts: [],
  }));
}

function readUse(stored: unknown): Use {
  const use = stored as Use;
  if (typeof use?.id !== 'string' || !Array.isArray(use.shares)) throw new TypeError('this is no use of a share');
  return use;
}
