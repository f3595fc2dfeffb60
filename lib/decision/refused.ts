import type { Text } from '../sharing/text.ts';
import type { Reason } from './reason.ts';

/** A "no" on its way to becoming a decision. */
export interface Refused {
  reason: Reason;
  /** For the flow's author. */
  hint: Text;
}

/** @param hint - where more can be said than `hint.<reason>` */
export function refused(reason: Reason, hint: Text = { key: `hint.${reason}` }): Refused {
  return { reason, hint };
}
