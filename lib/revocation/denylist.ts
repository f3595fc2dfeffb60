import type { EndedShare, EndReport, Target } from '../servers/authorization-server.ts';
import type { ShareWish } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';
import type { GatewayStore, Table, TableKind } from '../store/gateway-store.ts';
import type { Permission, Seconds } from '../uma/permission.ts';
import type { RptFacts } from '../uma/rpt.ts';
import { type Block, type CutRules, cutOf, type Denial, stricter } from './denial.ts';
import { DenialIndex } from './denial-index.ts';
import type { GivenShare } from './given-since.ts';
import { overlapping } from './overlap.ts';
import { RevocationError } from './revocation-error.ts';

/** Runs in the transaction that keeps the denial: what must not be on disk without it. */
type Together = () => void;
type DeniedListener = (target: Target, ended: EndedShare[]) => void;

/** What one owner's gateway refuses. In memory for the decision, on disk for the next start. */
export interface Denylist {
  /** In memory on call, on disk on resolve. If the write fails the promise rejects, and memory goes on refusing. */
  deny(denial: Denial): Promise<void>;
  /** The first half of `deny`: in force when it returns. @returns the moment, by `performance.now()`, before anybody was told */
  hold(denial: Denial): number;
  /** The second half: on disk on resolve, in one transaction with `together`. Refuses all that the orders `instead` do. */
  keep(denial: Denial, together?: Together, instead?: readonly string[]): Promise<void>;
  /** The server has done its part: the block becomes a cut, once that is on disk. */
  confirm(order: string, report: EndReport, together?: Together): Promise<void>;
  /** Ends a block. Rejects with `not_liftable` while the server has still to be told, and for a cut. */
  lift(order: string): Promise<void>;
  /** The server has told of a new share: what rests on it was issued after all that was denied before. */
  given(share: GivenShare): void;
  /** Whether any of what is wanted must be refused. Synchronous, from memory. */
  denies(tokenHash: string, facts: RptFacts, wanted: readonly Permission[]): 'revoked' | 'quarantined' | undefined;
  /** Told in the same tick in which something new is denied. @returns ends the subscription */
  onDenied(listener: DeniedListener): () => void;
  /** Is there a block on everything? */
  stoppedAltogether(): boolean;
  /** The blocks in force. */
  open(): Block[];
  /** Why this may not be shared at the moment. */
  overlapping(wish: ShareWish): Text | undefined;
}

export interface DenylistOptions {
  store: GatewayStore;
  now(): Seconds;
  rules: CutRules;
}

const SWEEP_EVERY_SECONDS = 60;
const denials: TableKind<Denial> = { name: 'denials', version: 1, read: readDenial };

/** Opens the denylist and restores its memory before it returns. @throws StoreError where that cannot be read */
export function createDenylist({ store, now, rules }: DenylistOptions): Denylist {
  const table = store.table(denials);
  const index = restored(table);
  const sweep = createSweep(index, table, now);
  const listeners = new Set<DeniedListener>();

  function hold(denial: Denial): number {
    index.put(stricter(index.get(denial.order), denial));
    const inForceAt = performance.now();
    for (const listener of listeners) tell(listener, denial);
    return inForceAt;
  }

  async function write(denial: Denial, together: Together, instead: readonly string[]): Promise<void> {
    const swept = await store.transaction(() => {
      table.put(denial.order, denial);
      for (const order of instead) table.remove(order);
      together();
      return sweep();
    });
    for (const order of swept) index.remove(order);
  }

  const keep: Denylist['keep'] = (denial, together = () => {}, instead = []) => {
    for (const order of instead) index.remove(order);
    return write(index.get(denial.order) ?? denial, together, instead);
  };

  return {
    hold,
    keep,
    async deny(denial) {
      hold(denial);
      await keep(denial);
    },
    async confirm(order, report, together = () => {}) {
      const denial = index.get(order);
      if (!denial) return store.transaction(together);
      const cut = cutOf(denial, report, now(), rules);
      await write(cut, together, []);
      index.put(cut);
    },
    async lift(order) {
      const denial = index.get(order);
      if (!denial) return;
      if (denial.kind === 'cut' || !denial.liftable) throw new RevocationError('not_liftable', { order });
      await store.transaction(() => table.remove(order));
      // A stop made while the disk was busy stays.
      if (index.get(order) === denial) index.remove(order);
    },
    given: rules.uniqueShareIds ? (share) => index.given(share) : () => {},
    denies: (tokenHash, facts, wanted) => index.denies({ tokenHash, facts, wanted }),
    onDenied(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stoppedAltogether: () => index.isStopped,
    open: () => [...index.all()].filter((denial) => denial.kind === 'block'),
    overlapping: (wish) => overlapping(index.all(), wish, rules.uniqueShareIds),
  };
}

function restored(table: Table<Denial>): DenialIndex {
  const index = new DenialIndex();
  for (const [, denial] of table.entries()) index.put(denial);
  return index;
}

/** A listener's fault is its own: everybody else must still hear, and the denial must still be kept. */
function tell(listener: DeniedListener, { target, ended }: Denial): void {
  try {
    listener(target, ended);
  } catch {
    // Nothing that stops is stopped by this.
  }
}

/** Removes cuts that nothing alive can meet any more: from the table now, the caller from memory once that is durable. */
function createSweep(index: DenialIndex, table: Table<Denial>, now: () => Seconds): () => string[] {
  let next = 0;
  return () => {
    if (now() < next) return [];
    next = now() + SWEEP_EVERY_SECONDS;
    const aged = [...index.all()].filter((denial) => denial.kind === 'cut' && denial.dropAfter < now());
    for (const { order } of aged) table.remove(order);
    return aged.map(({ order }) => order);
  };
}

function readDenial(stored: unknown): Denial {
  const denial = stored as Denial;
  if (denial?.kind !== 'block' && denial?.kind !== 'cut') throw new TypeError('this is no denial');
  if (denial.kind === 'cut' && !(Number.isFinite(denial.through) && Number.isFinite(denial.dropAfter))) {
    throw new TypeError('a cut has two moments');
  }
  return denial;
}
