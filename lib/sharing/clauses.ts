/** What a sentence says of a share's conditions: "once, on Monday to Friday from 08:00 to 18:00, until Sunday 22:00". */
import type { Conditions, WeeklyWindow } from './share.ts';
import type { Text } from './text.ts';

/** How the reader's language writes things. */
export interface Speaker {
  say(text: Text): string;
  list(words: string[]): string;
  /** The reader's own. */
  timeZone: string;
}

const WHOLE_WEEK = 7;
/** So many days in a row are told as first and last. */
const RUN = 3;

/** @returns one part for each condition, in the order in which they are spoken */
export function clausesOf({ notBefore, until, weekly, once, ownKeyOnly }: Conditions, speaker: Speaker): string[] {
  const { say } = speaker;
  const parts: string[] = [];
  if (once) parts.push(say({ key: 'sentence.when_once' }));
  if (weekly !== undefined) parts.push(hours(weekly, speaker));
  if (notBefore !== undefined && until !== undefined)
    parts.push(say({ key: 'sentence.when_between', values: { notBefore, until } }));
  else if (until !== undefined) parts.push(say({ key: 'sentence.when_until', values: { until } }));
  else if (notBefore !== undefined) parts.push(say({ key: 'sentence.when_from', values: { notBefore } }));
  if (ownKeyOnly) parts.push(say({ key: 'sentence.when_own_key' }));
  return parts;
}

function hours({ timeZone, windows }: WeeklyWindow, speaker: Speaker): string {
  const spoken = speaker.list(windows.map((window) => hoursOf(window, speaker)));
  if (timeZone === speaker.timeZone) return spoken;
  return speaker.say({ key: 'sentence.hours_elsewhere', values: { hours: spoken, timeZone } });
}

function hoursOf({ days, from, to }: WeeklyWindow['windows'][number], speaker: Speaker): string {
  const on = daysOf(days, speaker);
  if (from === '00:00' && to === '24:00') return on;
  const key = to > from ? 'sentence.hours' : 'sentence.hours_overnight';
  return speaker.say({ key, values: { days: on, from, to } });
}

function daysOf(days: number[], { say, list }: Speaker): string {
  const weekday = (day: number) => say({ key: `sentence.weekday_${day}` });
  const sorted = [...new Set(days)].sort();
  if (sorted.length === WHOLE_WEEK) return say({ key: 'sentence.every_day' });
  const spoken = runs(sorted).flatMap(([first, last]) => {
    if (last - first + 1 < RUN) return [...new Set([first, last])].map(weekday);
    return say({ key: 'sentence.day_to_day', values: { first: weekday(first), last: weekday(last) } });
  });
  return say({ key: 'sentence.on_days', values: { days: list(spoken) } });
}

function runs(days: number[]): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (const day of days) {
    const run = found.at(-1);
    if (run?.[1] === day - 1) run[1] = day;
    else found.push([day, day]);
  }
  return found;
}
