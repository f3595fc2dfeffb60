/** How long a share shall hold, as it is chosen here: few choices that people use, and any moment. */
import type { Seconds } from '../../lib/sharing/share.ts';

/** `open`: until it is taken back. `kept`: as it is. `date`: the moment that was typed. */
export type EndingChoice = 'open' | 'today' | 'tomorrow' | 'week' | 'date' | 'kept';

const DAYS_OF: Readonly<Partial<Record<EndingChoice, number>>> = { today: 1, tomorrow: 2, week: 8 };

/**
 * The first moment at which the share is over, or `undefined` for none. A day ends at midnight by the reader's calendar,
 * whatever summer time does to it; "a week" is seven whole days after this one.
 * @param typed - as an input of type `datetime-local` writes it
 * @returns `wrong` where no such moment was typed, or one that has been
 */
export function endOf(choice: EndingChoice, now: Date, typed: string): Seconds | undefined | 'wrong' {
  const days = DAYS_OF[choice];
  if (days !== undefined) return secondsOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
  if (choice !== 'date') return undefined;
  const end = new Date(typed);
  return Number.isNaN(end.getTime()) || end <= now ? 'wrong' : secondsOf(end);
}

function secondsOf(date: Date): Seconds {
  return Math.floor(date.getTime() / 1000);
}
