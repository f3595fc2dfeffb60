import type { Conditions, Seconds } from './share.ts';
import { type ClockOf, readWeekly, tidyWeekly, type Week } from './weekly.ts';

/**
 * Whether a share's conditions are met, and if not, why. `outside_hours` comes to hold again, `over` never does.
 * `unknown`: something in them is not understood.
 */
export type Holding = 'holds' | 'not_yet' | 'over' | 'outside_hours' | 'other_key' | 'unknown';

/** What is known of the device that a share is for. */
export interface HeldBy {
  /** Does its key live in the device itself, and nowhere else? */
  ownKey?: boolean;
}

const UNDERSTOOD = ['notBefore', 'until', 'weekly', 'once', 'ownKeyOnly'] as const;

/**
 * Does a share with these conditions hold at this moment? `notBefore` is the first second, `until` the first one after
 * the last. A condition that is not understood never holds: what was meant to limit a share may not be skipped. Of
 * `once` only its form is looked at: whether it was used is known to whoever lets messages pass.
 */
export function holding(conditions: Conditions, now: Seconds, { ownKey = false }: HeldBy = {}): Holding {
  const read = readConditions(conditions);
  if (typeof read === 'string') return 'unknown';
  if (now >= end(conditions)) return 'over';
  if (conditions.ownKeyOnly && !ownKey) return 'other_key';
  if (now < start(conditions)) return 'not_yet';
  return read.week === undefined || read.week.contains(now) ? 'holds' : 'outside_hours';
}

/** True only while the conditions are understood and met. */
export function holds(conditions: Conditions, now: Seconds, by: HeldBy = {}): boolean {
  return holding(conditions, now, by) === 'holds';
}

/**
 * When conditions that hold now cease to: the first moment after, and of the hours of the week alone. Infinity where
 * they don't; `now` where they don't hold or are not understood.
 */
export function ceases(conditions: Conditions, now: Seconds): { at: Seconds; hoursEnd: Seconds } {
  const read = readConditions(conditions);
  if (typeof read === 'string') return { at: now, hoursEnd: now };
  const hoursEnd = read.week?.leaves(now) ?? Number.POSITIVE_INFINITY;
  return { at: Math.max(now, Math.min(end(conditions), hoursEnd)), hoursEnd };
}

/** Names of the conditions that this version does not understand, as a client may send them. */
export function notUnderstood(conditions: object): string[] {
  const understood: readonly string[] = UNDERSTOOD;
  return Object.entries(conditions)
    .filter(([name, value]) => value !== undefined && !understood.includes(name))
    .map(([name]) => name);
}

/**
 * @param clockOf - for whoever asks of many, and keeps the clocks
 * @returns the name of a condition that is not written as it should be, of `weekly` with the part that is wrong
 */
export function wrongCondition(conditions: Conditions, clockOf?: ClockOf): string | undefined {
  const read = readConditions(conditions, clockOf);
  return typeof read === 'string' ? read : undefined;
}

/** Is there a moment at which both hold? Hours of the week are taken to overlap, and so is what is not understood. */
export function overlap(one: Conditions, other: Conditions): boolean {
  const from = Math.max(start(one), start(other));
  return from < Math.min(end(one), end(other));
}

/** Does `after` let nothing through that `before` does not? False where that cannot be said. */
export function narrows(before: Conditions, after: Conditions): boolean {
  const [were, are] = [readConditions(before), readConditions(after)];
  if (typeof were === 'string' || typeof are === 'string') return false;
  if ((before.once && !after.once) || (before.ownKeyOnly && !after.ownKeyOnly)) return false;
  if (were.week !== undefined && (are.week === undefined || !were.week.covers(are.week))) return false;
  return start(after) >= start(before) && end(after) <= end(before);
}

/** The same conditions, written one way. Only of those that {@link wrongCondition} has nothing against. */
export function tidy({ notBefore, until, weekly, once, ownKeyOnly }: Conditions): Conditions {
  return {
    ...(notBefore !== undefined && { notBefore }),
    ...(until !== undefined && { until }),
    ...(weekly !== undefined && { weekly: tidyWeekly(weekly) }),
    ...(once && { once }),
    ...(ownKeyOnly && { ownKeyOnly }),
  };
}

/** Do both say the same, in the same words? */
export function sameConditions(one: Conditions, other: Conditions): boolean {
  return JSON.stringify(tidy(one)) === JSON.stringify(tidy(other));
}

function readConditions(conditions: Conditions, clockOf?: ClockOf): { week?: Week } | string {
  const [unknown] = notUnderstood(conditions);
  if (unknown !== undefined) return unknown;
  if (!isMoment(conditions.notBefore)) return 'notBefore';
  if (!isMoment(conditions.until)) return 'until';
  if (!isTick(conditions.once)) return 'once';
  if (!isTick(conditions.ownKeyOnly)) return 'ownKeyOnly';
  if (conditions.weekly === undefined) return {};
  const week = readWeekly(conditions.weekly, clockOf);
  return typeof week === 'string' ? `weekly.${week}` : { week };
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

/** There is no "not once": what limits nothing is left out. */
function isTick(value: unknown): boolean {
  return value === undefined || value === true;
}
