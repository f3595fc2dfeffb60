/** What a denial is: a target that is refused, and for how long. */
import type { EndedShare, EndReport, Target } from '../servers/authorization-server.ts';
import type { Seconds } from '../uma/permission.ts';

export type DenialReason = 'revoked' | 'quarantined' | 'panic';

interface DenialBase {
  /** The order it belongs to; with one, the server is being told. */
  order: string;
  target: Target;
  why: DenialReason;
  /** When it was denied, by our clock. */
  at: Seconds;
  /**
   * The shares of the target, as far as they are known: first from our own list, then as the server reported them.
   * Permissions of a token that names no share are recognised by them.
   */
  ended: EndedShare[];
}

/** Refuses everything of its target, whenever issued. Never ages. */
export interface Block extends DenialBase {
  kind: 'block';
  /** Whether it may be lifted by hand; false while the server has still to be told. */
  liftable: boolean;
}

/** Refuses what was issued until the server had confirmed, and is forgotten once all of that has expired. */
export interface Cut extends DenialBase {
  kind: 'cut';
  /** Tokens issued at or before this moment are refused: of the server's clock, or of ours where that is later. */
  through: Seconds;
  dropAfter: Seconds;
  /** Shares whose id is never given again: refused whatever the token's age. */
  deadShares: string[];
}

export type Denial = Block | Cut;

/** How long what a server issues can live, and whether it ever gives a share's id twice. */
export interface CutRules {
  maxTokenLifetimeSeconds: Seconds;
  /** The most that a token is honoured past its `exp`, and that two clocks may differ. */
  leewaySeconds: Seconds;
  uniqueShareIds: boolean;
}

/** A server's clock counts whole seconds: a token of the same second may have been issued just before. */
const CLOCK_GRAIN_SECONDS = 1;

/**
 * The cut that a confirmed denial leaves. A server whose clock was set back names a moment before what it had issued
 * until then: nothing from before our own call may pass again for that. Throws if the report carries no time: without one
 * nothing may be loosened.
 */
export function cutOf(denial: Denial, report: Pick<EndReport, 'at' | 'ended'>, now: Seconds, rules: CutRules): Cut {
  if (!Number.isFinite(report.at)) throw new TypeError('the report has no time');
  const { order, target, why, at } = denial;
  const ended = report.ended.length > 0 ? report.ended : denial.ended;
  const lastExpiry = Math.max(report.at, now) + CLOCK_GRAIN_SECONDS + rules.maxTokenLifetimeSeconds;
  return {
    ...{ order, target, why, at, ended },
    kind: 'cut',
    through: Math.max(report.at, Math.floor(at)) + CLOCK_GRAIN_SECONDS,
    dropAfter: lastExpiry + rules.leewaySeconds,
    deadShares: rules.uniqueShareIds ? deadShares(target, report.ended) : [],
  };
}

/** Of a pair only some scopes end: the share may live on with the others, under the same id. */
function deadShares(target: Target, ended: EndedShare[]): string[] {
  if ('pair' in target || 'token' in target) return [];
  const named = 'share' in target ? [target.share] : [];
  return [...new Set([...named, ...ended.map(({ share }) => share)])];
}

/** The one that refuses more, for a denial that is made twice under one order. */
export function stricter(known: Denial | undefined, next: Denial): Denial {
  if (!known || next.kind === 'block') return next;
  if (known.kind === 'block') return known;
  return {
    ...next,
    through: Math.max(known.through, next.through),
    dropAfter: Math.max(known.dropAfter, next.dropAfter),
    deadShares: [...new Set([...known.deadShares, ...next.deadShares])],
    ended: next.ended.length > 0 ? next.ended : known.ended,
  };
}

/** One text for one target, however its scopes are ordered. */
export function targetKey(target: Target): string {
  if (!('pair' in target)) return JSON.stringify(target);
  const { device, resource, scopes } = target.pair;
  return JSON.stringify({ pair: [device, resource, ...[...new Set(scopes)].sort()] });
}
