import type { Conditions } from '../../lib/sharing/share.ts';
import type { PortalKey } from '../words/words.ts';
import { type EndingChoice, endOf } from './ending-choice.ts';

/** What is being chosen in a form: what may be done, for how long, and whether once only. */
export interface Limits {
  scopes: readonly string[];
  ending: EndingChoice;
  /** The moment typed, as `datetime-local` writes it. */
  typed: string;
  once: boolean;
}

/** All that is offered, until it is taken back. */
export function allOf(scopes: readonly string[]): Limits {
  return { scopes, ending: 'open', typed: '', once: false };
}

/** A share as it is, to be changed. */
export function limitsOf(share: { scopes: readonly string[]; conditions: Conditions }): Limits {
  const ending = share.conditions.until === undefined ? 'open' : 'kept';
  return { scopes: share.scopes, ending, typed: '', once: share.conditions.once ?? false };
}

export function toggled(limits: Limits, scope: string): Limits {
  const has = limits.scopes.includes(scope);
  const scopes = has ? limits.scopes.filter((one) => one !== scope) : [...limits.scopes, scope];
  return { ...limits, scopes };
}

/** What the owner API is told; `wrong` says what has to be put right first. */
export type Wished = { scopes: string[]; conditions: Conditions } | { wrong: PortalKey };

/** @param kept - the conditions that a share has: those that this form does not show stay as they are */
export function wishedOf(limits: Limits, now: Date, kept: Conditions = {}): Wished {
  if (limits.scopes.length === 0) return { wrong: 'portal.no_scopes' };
  const chosen = endOf(limits.ending, now, limits.typed);
  if (chosen === 'wrong') return { wrong: 'portal.wrong_date' };
  const { until: before, once: _, ...others } = kept;
  const until = limits.ending === 'kept' ? before : chosen;
  const conditions = {
    ...others,
    ...(until === undefined ? {} : { until }),
    ...(limits.once && { once: true as const }),
  };
  return { scopes: [...limits.scopes], conditions };
}
