/** What was acknowledged to anybody, and when: the test's own log, against which everything later is held. */
import { EventEmitter, once } from 'node:events';
import { nowNs } from '../../flows/support/sent-log.ts';

export interface Ledger {
  /** Grants that were acknowledged, and that nobody has asked to end since; by share. */
  alive: Map<string, { device: string }>;
  /** Shares that are over at the server, by the server's own answer, and since when. */
  withdrawn: Map<string, bigint>;
  /** What the gateway must not accept from a moment on: shares, and single tokens. */
  refusedFromNs: Map<string, bigint>;
  /** Devices the owner has claimed, and requests the owner has denied. */
  claimed: Set<string>;
  denied: Set<string>;
  /** Whatever must never have happened. */
  violations: string[];
  /** How much was done, for whoever reads the run. */
  counts: Record<string, number>;
  count(what: string): void;
  /** Resolves when so much more was answered, or after a while: the machine may be slow. */
  busy(more: number, mostMs: number): Promise<void>;
  refuse(shareOrToken: string): void;
  withdraw(share: string): void;
  /** A call with this was begun then, and let through. */
  passed(held: Held, startedNs: bigint): void;
  /** A token was issued on this share to somebody who had asked for it then. */
  issued(share: string, askedNs: bigint): void;
}

export interface Held {
  share: string;
  rpt: string;
}

export function createLedger(): Ledger {
  const refusedFromNs = new Map<string, bigint>();
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  const counted = new EventEmitter();
  const withdrawn = new Map<string, bigint>();
  const isAfterRefusal = (what: string, ns: bigint): boolean => (refusedFromNs.get(what) ?? ns) < ns;
  return {
    ...{ alive: new Map(), withdrawn, claimed: new Set(), denied: new Set() },
    ...{ refusedFromNs, violations, counts },
    count(what) {
      counts[what] = (counts[what] ?? 0) + 1;
      counted.emit('one');
    },
    async busy(more, mostMs) {
      const over = AbortSignal.timeout(mostMs);
      for (let left = more; left > 0 && !over.aborted; left -= 1) {
        await once(counted, 'one', { signal: over }).catch(() => {});
      }
    },
    refuse(what) {
      if (!refusedFromNs.has(what)) refusedFromNs.set(what, nowNs());
    },
    withdraw(share) {
      if (!withdrawn.has(share)) withdrawn.set(share, nowNs());
    },
    passed({ share, rpt }, startedNs) {
      if (isAfterRefusal(share, startedNs)) violations.push(`accepted after the end of ${share} was acknowledged`);
      if (isAfterRefusal(rpt, startedNs)) violations.push(`accepted after its token was revoked (${share})`);
    },
    issued(share, askedNs) {
      // What only the flow has ended so far, the server may still issue: the flow's gateway refuses it.
      if ((withdrawn.get(share) ?? askedNs) < askedNs) violations.push(`issued after the end of ${share}`);
    },
  };
}
