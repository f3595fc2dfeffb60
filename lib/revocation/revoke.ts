import type {
  AuthorizationServer,
  EndedShare,
  EndReport,
  ServerChange,
  Target,
} from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import type { Seconds } from '../uma/permission.ts';
import { type CutRules, type DenialReason, targetKey } from './denial.ts';
import { createDenylist, type Denylist } from './denylist.ts';
import type { OutboxEntry } from './lane.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { confirmedReceipt, createReceipts, type Receipt, type Receipts } from './receipt.ts';
import { RevocationError } from './revocation-error.ts';
import { type Revoked, type RevokeOptions, revoke } from './revoke-call.ts';
import { afterPanic, denialOf, panicOf, SERVER_PANIC } from './server-change.ts';
import { systemTimers, type Timers } from './timers.ts';
import { createUsedShares, type UsedShares } from './used-shares.ts';

export interface RevocationOptions {
  store: GatewayStore;
  server: Pick<AuthorizationServer, 'end'>;
  /** May carry fractions. */
  now(): Seconds;
  /** The longest that any token of this server lives. */
  maxTokenLifetimeSeconds: Seconds;
  /** The most that a token is honoured past its end, and that the clocks may differ. 600 unless told. */
  leewaySeconds?: Seconds;
  /** Whether this server never gives a share's id twice. True unless told. */
  uniqueShareIds?: boolean;
  /** The shares of a target, as far as memory knows them: for the receipt, and for tokens that name no share. */
  knownShares?(target: Target): EndedShare[];
  timers?: Timers;
  random?(): number;
}

/** Block, then cut: whatever is revoked is refused here at once, and the server is told until it has confirmed. */
export interface Revocation {
  /**
   * Refused here when this returns, on disk when it resolves. Rejects where it could not be written; it is refused
   * until the process ends all the same, and the server is told.
   */
  revoke(target: Target, options?: RevokeOptions): Promise<Revoked>;
  /** A block that no server is told of, until somebody lifts it. Idempotent. @returns its order, for `lift` */
  block(target: Target, why: DenialReason): Promise<string>;
  lift(order: string): Promise<void>;
  /** A device's quarantine, as `identity` asks for it. */
  quarantine: { block(clientId: string): Promise<void>; lift(clientId: string): Promise<void> };
  /** What the server told: on disk when it resolves, so that it may be acknowledged then. */
  denyFromServer(change: ServerChange): Promise<void>;
  denylist: Denylist;
  /** Shares for one message, and whether that has passed. */
  once: Pick<UsedShares, 'usedUp' | 'use'>;
  outbox: Pick<Outbox, 'kick' | 'waiting'>;
  receipts: Receipts;
  close(): Promise<void>;
}

/** Opens denylist and outbox, restores the first before it returns and takes up the second after. */
export function createRevocation(options: RevocationOptions): Revocation {
  const { store, now, timers = systemTimers } = options;
  const rules: CutRules = {
    maxTokenLifetimeSeconds: options.maxTokenLifetimeSeconds,
    leewaySeconds: options.leewaySeconds ?? 600,
    uniqueShareIds: options.uniqueShareIds ?? true,
  };
  const denylist = createDenylist({ store, now, rules });
  const receipts = createReceipts(store);
  const end = (...call: Parameters<AuthorizationServer['end']>) => options.server.end(...call);
  const random = options.random ?? Math.random;
  const outbox = createOutbox({ store, end, timers, random, confirmed });
  const keepSeconds = rules.maxTokenLifetimeSeconds + rules.leewaySeconds;
  const once: UsedShares = createUsedShares({ store, outbox, now, keepSeconds });
  const calls = new Map<string, number>();
  let closed = false;

  /** By the wall clock where the process was started anew in between. */
  function msSince({ id, at }: Receipt): number {
    const calledAt = calls.get(id);
    return Math.round(calledAt === undefined ? (now() - at) * 1000 : performance.now() - calledAt);
  }

  /** Only helps; whatever is wrong with it must not keep anything from being refused. */
  function knownShares(target: Target): EndedShare[] {
    try {
      return options.knownShares?.(target) ?? [];
    } catch {
      return [];
    }
  }

  async function confirmed(entry: OutboxEntry, report: EndReport): Promise<void> {
    if (entry.order.kind === 'used') return once.confirmed(entry.order);
    await denylist.confirm(entry.order.id, report, () => {
      outbox.remove(entry);
      for (const receipt of entry.receipts.flatMap((id) => receipts.get(id) ?? [])) {
        receipts.save(confirmedReceipt(receipt, report, msSince(receipt)));
      }
    });
  }

  outbox.resume();
  return {
    revoke(target, wish = {}) {
      if (closed) return Promise.reject(new RevocationError('closed'));
      return revoke({ denylist, outbox, receipts, calls, now, timers, knownShares }, target, wish);
    },
    ...createBlocks(denylist, now),
    denyFromServer: createHearing({ denylist, once, now, rules }),
    denylist,
    once,
    outbox,
    receipts,
    async close() {
      closed = true;
      await outbox.close();
    },
  };
}

interface Refusing {
  denylist: Denylist;
  once: UsedShares;
  now(): Seconds;
  rules: CutRules;
}

/** What the server told, in force when this is called and on disk when it resolves. */
function createHearing({ denylist, once, now, rules }: Refusing): Revocation['denyFromServer'] {
  async function endPanic(): Promise<void> {
    const panic = denylist.open().find(({ order }) => order === SERVER_PANIC);
    if (panic === undefined) return;
    await denylist.deny(afterPanic(panic, now(), rules));
    await denylist.lift(SERVER_PANIC);
  }
  return async (change) => {
    if (change.type === 'panic-ended') return endPanic();
    // It is refused for what it is, and whoever shows it is told so.
    if (change.type === 'share-ended' && change.why === 'used_up') return once.endedByServer(change.share);
    if (change.type === 'share-granted') return denylist.given(change);
    const denial = denialOf(change, now(), rules);
    const denied = denial && denylist.deny(denial);
    if (change.type !== 'gap') return denied;
    if (change.panic) await Promise.all([denied, denylist.deny(panicOf(change))]);
    // What a server has forgotten its owner has not ended: they say so with the password, as always.
    else if (change.restored) await denied;
    else await Promise.all([denied, endPanic()]);
  };
}

function createBlocks(denylist: Denylist, now: () => Seconds): Pick<Revocation, 'block' | 'lift' | 'quarantine'> {
  async function block(target: Target, why: DenialReason): Promise<string> {
    const order = blockOrder(target, why);
    await denylist.deny({ order, target, why, at: now(), ended: [], kind: 'block', liftable: true });
    return order;
  }
  return {
    block,
    lift: denylist.lift,
    quarantine: {
      block: async (device) => void (await block({ device }, 'quarantined')),
      lift: (device) => denylist.lift(blockOrder({ device }, 'quarantined')),
    },
  };
}

function blockOrder(target: Target, why: DenialReason): string {
  return `block:${why}:${targetKey(target)}`;
}
