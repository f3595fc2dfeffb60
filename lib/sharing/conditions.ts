import type { Conditions, Seconds } from './share.ts';

/** Whether a share's conditions are met, and if not, why. `unknown`: something in them is not understood. */
export type Holding = 'holds' | 'not_yet' | 'over' | 'unknown';

/** The conditions that are understood so far. */
const UNDERSTOOD = ['notBefore', 'until'] as const;

/**
 * Does a share with these conditions hold at this moment? `notBefore` is the first second, `until` the first one after the last.
 * A condition that is not understood never holds: what was meant to limit a share may not be skipped.
 */
export function holding(conditions: Conditions, now: Seconds): Holding {
  if (notUnderstood(conditions).length > 0) return 'unknown';
  const { notBefore = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = conditions;
  if (!isMoment(conditions.notBefore) || !isMoment(conditions.until)) return 'unknown';
  if (now >= until) return 'over';
  return now < notBefore ? 'not_yet' : 'holds';
}

/** True only while the conditions are understood and met. */
export function holds(conditions: Conditions, now: Seconds): boolean {
  return holding(conditions, now) === 'holds';
}

/** Names of the conditions that this version does not understand, as a client may send them. */
export function notUnderstood(conditions: object): string[] {
  const understood: readonly string[] = UNDERSTOOD;
  return Object.entries(conditions)
    .filter(([name, value]) => value !== undefined && !understood.includes(name))
    .map(([name]) => name);
}

/** Is there a moment at which both hold? Conditions that are not understood are taken to overlap with everything. */
export function overlap(one: Conditions, other: Conditions): boolean {
  const from = Math.max(start(one), start(other));
  return from < Math.min(end(one), end(other));
}

/** Does `after` hold at no moment at which `before` does not? */
export function narrows(before: Conditions, after: Conditions): boolean {
  if (notUnderstood(before).length > 0 || notUnderstood(after).length > 0) return false;
  return start(after) >= start(before) && end(after) <= end(before);
}

function start(conditions: Conditions): Seconds {
  return conditions.notBefore ?? Number.NEGATIVE_INFINITY;
}

function end(conditions: Conditions): Seconds {
  return conditions.until ?? Number.POSITIVE_INFINITY;
}

function isMoment(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}
