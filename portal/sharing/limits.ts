import type { Conditions } from '../../lib/sharing/share.ts';
import type { PortalKey } from '../words/words.ts';
import { type EndingChoice, endOf } from './ending-choice.ts';
import { type Hours, hoursOf, type WrongHours, weeklyOf } from './hours.ts';

/** What is being chosen in a form: what may be done, for how long, whether once only, at which hours, with which key. */
export interface Limits {
  scopes: readonly string[];
  ending: EndingChoice;
  /** The moment typed, as `datetime-local` writes it. */
  typed: string;
  once: boolean;
  /** Absent: at any time. */
  hours?: Hours;
  ownKey: boolean;
}

/** All that is offered, until it is taken back. */
export function allOf(scopes: readonly string[]): Limits {
  return { scopes, ending: 'open', typed: '', once: false, ownKey: false };
}

/** A share as it is, to be changed. */
export function limitsOf(share: { scopes: readonly string[]; conditions: Conditions }): Limits {
  const { until, once = false, weekly, ownKeyOnly = false } = share.conditions;
  return {
    ...allOf(share.scopes),
    ending: until === undefined ? 'open' : 'kept',
    once,
    ...(weekly && { hours: hoursOf(weekly) }),
    ownKey: ownKeyOnly,
  };
}

export function toggled(limits: Limits, scope: string): Limits {
  const has = limits.scopes.includes(scope);
  const scopes = has ? limits.scopes.filter((one) => one !== scope) : [...limits.scopes, scope];
  return { ...limits, scopes };
}

/** With these hours, or at any time. */
export function atHours({ hours: _, ...limits }: Limits, hours: Hours | undefined): Limits {
  return hours === undefined ? limits : { ...limits, hours };
}

/** What has to be put right first, and where. */
export type WrongLimits = { field: 'scopes' | 'until'; key: PortalKey } | ({ field: 'hours' } & WrongHours);

/** What the owner API is told; `wrong` says what has to be put right first. */
export type Wished = { scopes: string[]; conditions: Conditions } | { wrong: WrongLimits };

/** @param kept - the conditions that a share has: those that this form does not show stay as they are */
export function wishedOf(limits: Limits, now: Date, kept: Conditions = {}): Wished {
  if (limits.scopes.length === 0) return { wrong: { field: 'scopes', key: 'portal.no_scopes' } };
  const chosen = endOf(limits.ending, now, limits.typed);
  if (chosen === 'wrong') return { wrong: { field: 'until', key: 'portal.wrong_date' } };
  const weekly = limits.hours && weeklyOf(limits.hours);
  if (weekly !== undefined && 'key' in weekly) return { wrong: { field: 'hours', ...weekly } };
  const { until: before, once: _, weekly: __, ownKeyOnly: ___, ...others } = kept;
  const until = limits.ending === 'kept' ? before : chosen;
  const conditions = {
    ...others,
    ...(until === undefined ? {} : { until }),
    ...(weekly && { weekly }),
    ...(limits.once && { once: true as const }),
    ...(limits.ownKey && { ownKeyOnly: true as const }),
  };
  return { scopes: [...limits.scopes], conditions };
}
