/**
 * The end of a decision. Everything here is synchronous, from the first look at the denylist to the message that goes
 * on: whatever is denied before cannot pass, and whatever is denied after comes too late for this message only.
 */
import { boundKey } from '../proof/key-binding.ts';
import type { Permission, Seconds } from '../uma/permission.ts';
import type { RptFacts } from '../uma/rpt.ts';
import type { Clock } from './clock.ts';
import { coverage } from './coverage.ts';
import type { Requirement } from './decision.ts';
import type { Proved } from './proof-step.ts';
import { type Refused, refused } from './refused.ts';
import { isFresh } from './token-reader.ts';
import type { Verified } from './verified-cache.ts';

/** What can change at any moment. All of it answers at once, from memory. */
export interface StandingPorts {
  clock: Clock;
  /** The denylist. */
  denies(tokenHash: string, facts: RptFacts, wanted: Permission[]): 'revoked' | 'quarantined' | undefined;
  /** A device of this gateway, or one that is known to be stopped; `thumbprints` are its current registered keys. */
  deviceLookup(clientId: string): { state: string; thumbprints: readonly string[] } | undefined;
  /** Whether the server binds tokens to registered keys only: then `cnf.jkt` speaks for devices that are not ours. */
  serverBindsKeys: boolean;
  /** When the server was last heard from, in milliseconds since 1970; 0 before the first time. */
  lastHeardMs(): number;
  /** Which shares for one message have had it. */
  once: OncePort;
}

export interface OncePort {
  usedUp(share: string): boolean;
  /**
   * Uses all of them up, or none. Synchronous, and durable when it returns. @returns false where one of them is used up
   * already. @throws where that cannot be kept: then nothing may pass
   */
  use(shares: readonly string[]): boolean;
}

/** A token that was read, and the proof that came with it. */
export interface Found {
  tokenHash: string;
  verified: Verified;
  proof: Proved;
}

/** What may pass, and on which share. */
export interface Passed {
  facts: RptFacts;
  share: string | undefined;
}

/** The first half of the last step, done early: it spares work and proves nothing. */
export function shortCut(
  ports: StandingPorts,
  found: Omit<Found, 'proof'>,
  requirement: Requirement,
): Refused | undefined {
  return denied(ports, found, requirement) ?? stopped(ports, found);
}

/** Judges everything that may have changed since the token was read, uses the proof up, and lets the message go. */
export function lastStep(
  ports: StandingPorts,
  found: Found,
  requirement: Requirement,
  pass: (facts: RptFacts, share: string | undefined) => void,
): Passed | Refused {
  const { facts } = found.verified;
  const { leewaySeconds } = requirement;
  const nowMs = ports.clock.nowMs();
  const refusal =
    shortCut(ports, found, requirement) ??
    ofAnotherKey(ports, found) ??
    unheard(ports, found, requirement, nowMs) ??
    outOfTime(facts, nowMs / 1000, leewaySeconds);
  if (refusal) return refusal;
  const circumstances = { nowSeconds: nowMs / 1000, leewaySeconds, usedUp: ports.once.usedUp };
  const covering = coverage(facts.permissions, requirement.permissions, circumstances);
  if (typeof covering === 'string') return refused(covering);
  if (ports.clock.behind(leewaySeconds)) return refused('clock_wrong');
  if (requirement.waiting?.() === false) return refused('server_unreachable');
  if (!found.proof.commit()) return refused('proof_replayed');
  if (!useUp(ports, covering)) return refused('used_up');
  const share = covering.find((permission) => permission.share !== undefined)?.share;
  pass(facts, share);
  return { facts, share };
}

/** On disk before the message is on its way: after a power cut it is as used as before. */
function useUp({ once }: StandingPorts, covering: readonly Permission[]): boolean {
  if (!covering.some((permission) => permission.once)) return true;
  const shares = covering.flatMap((permission) => (permission.once ? (permission.share ?? []) : []));
  return once.use([...new Set(shares)]);
}

function denied(ports: StandingPorts, { tokenHash, verified }: Omit<Found, 'proof'>, { permissions }: Requirement) {
  const reason = ports.denies(tokenHash, verified.facts, permissions);
  return reason && refused(reason);
}

/** Whoever the server does not name is nobody; that is said by the key rule, with the others of its kind. */
function stopped(ports: StandingPorts, { verified }: Omit<Found, 'proof'>): Refused | undefined {
  const state = deviceOf(ports, verified.facts)?.state;
  if (state === 'retired') return refused('quarantined', { key: 'hint.retired' });
  return state === 'quarantined' ? refused('quarantined') : undefined;
}

function ofAnotherKey(ports: StandingPorts, { verified: { facts }, proof }: Found): Refused | undefined {
  const { device } = facts;
  if (proof.thumbprint === undefined) {
    return device ? undefined : refused('wrong_key', { key: 'hint.wrong_key_nobody_named' });
  }
  const verdict = boundKey({
    facts,
    registeredThumbprints: deviceOf(ports, facts)?.thumbprints,
    proofThumbprint: proof.thumbprint,
    serverBindsKeys: ports.serverBindsKeys,
  });
  return verdict.ok ? undefined : refused(verdict.reason, verdict.hint);
}

function unheard(ports: StandingPorts, { verified }: Found, { maxAnswerAgeMs }: Requirement, nowMs: number) {
  return isFresh(verified, ports.lastHeardMs(), nowMs, maxAnswerAgeMs) ? undefined : refused('stale_status');
}

/** A token from the future was made by a clock that is right where ours is wrong. */
function outOfTime(facts: RptFacts, now: Seconds, leewaySeconds: number): Refused | undefined {
  if (!(now - leewaySeconds < facts.expiresAt)) return refused('expired');
  return facts.issuedAt <= now + leewaySeconds ? undefined : refused('clock_wrong');
}

function deviceOf(ports: StandingPorts, { device }: RptFacts) {
  return device === undefined ? undefined : ports.deviceLookup(device);
}
