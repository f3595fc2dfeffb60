/** One call of *revoke*, from the tick in which it takes effect to the receipt. */
import type { EndedShare, Target } from '../servers/authorization-server.ts';
import type { Seconds } from '../uma/permission.ts';
import type { Block, DenialReason } from './denial.ts';
import type { Denylist } from './denylist.ts';
import { CALLS_PER_ORDER, type OutboxEntry } from './lane.ts';
import type { Outbox } from './outbox.ts';
import { newReceiptId, type Receipt, type Receipts } from './receipt.ts';
import { type Timers, within } from './timers.ts';

export interface RevokeOptions {
  /** How long to wait for the server before the receipt is given out. 1,000 unless told. */
  confirmWithinMs?: number;
  why?: 'revoked' | 'panic';
}

export interface Revoked {
  receipt: Receipt;
  /** The same receipt, once the server has confirmed; undefined if it had already, or if the gateway closes first. */
  later: Promise<Receipt | undefined>;
}

export interface RevokeParts {
  denylist: Denylist;
  outbox: Outbox;
  receipts: Receipts;
  now(): Seconds;
  timers: Timers;
  knownShares(target: Target): EndedShare[];
  /** When each call under way began, by `performance.now()`. */
  calls: Map<string, number>;
}

const CONFIRM_WITHIN_MS = 1_000;

/**
 * In memory before anything else, then denial, order and receipt on disk in one transaction, then the server.
 * If the disk refuses, the server is told all the same, and the caller hears of the disk.
 */
export async function revoke(parts: RevokeParts, target: Target, wish: RevokeOptions): Promise<Revoked> {
  const calledAt = performance.now();
  const { denylist, outbox, receipts, calls } = parts;
  const denial = blockFor(parts, target, wish.why ?? 'revoked');
  const receipt = receiptFor(denial, denylist.hold(denial) - calledAt);
  const { id, at } = receipt;
  const instead = outbox.replaceable(target);
  const waiting = instead.flatMap((entry) => entry.receipts).slice(1 - CALLS_PER_ORDER);
  const entry: OutboxEntry = { order: { id, target, at }, receipts: [...waiting, id] };
  const together = () => {
    outbox.write(entry, instead);
    receipts.save(receipt);
  };
  calls.set(id, calledAt);
  const replaced = instead.map(({ order }) => order.id);
  const kept = denylist.keep(denial, together, replaced);
  const sent = outbox.start(entry, kept).finally(() => calls.delete(id));
  // Nobody need wait for it, so it must not reject: a store that has been closed meanwhile has no receipt to give.
  const told = sent.then((done) => (done ? receipts.get(id) : undefined)).catch(() => undefined);
  await kept;
  const inTime = await within(told, wish.confirmWithinMs ?? CONFIRM_WITHIN_MS, parts.timers);
  return inTime ? { receipt: inTime, later: Promise.resolve(undefined) } : { receipt, later: told };
}

function blockFor({ now, knownShares }: RevokeParts, target: Target, why: DenialReason): Block {
  const at = now();
  return { order: newReceiptId(at), target, why, at, ended: knownShares(target), kind: 'block', liftable: false };
}

function receiptFor({ order, target, at, ended }: Block, localMs: number): Receipt {
  const effective = { localMs, gateways: [] };
  return { id: order, target, asOf: at, revoked: ended, at, effective, unconfirmed: ['server'] };
}
