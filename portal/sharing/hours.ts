/** The hours of the week of a share, as they are chosen in a form. What they mean is lib/sharing's to say. */
import type { WeeklyWindow } from '../../lib/sharing/share.ts';
import { MOST_WINDOWS, readWeekly } from '../../lib/sharing/weekly.ts';
import type { PortalKey } from '../words/words.ts';

/** One line of the form. Times are `HH:MM` as an input of type `time` writes them, empty where nothing is typed. */
export interface HoursLine {
  days: readonly number[];
  allDay: boolean;
  from: string;
  to: string;
}

export interface Hours {
  timeZone: string;
  lines: readonly HoursLine[];
}

/** What has to be put right, and in which line. */
export interface WrongHours {
  line: number;
  part: 'days' | 'times' | 'zone';
  key: PortalKey;
}

const WORKDAYS: HoursLine = { days: [1, 2, 3, 4, 5], allDay: false, from: '08:00', to: '18:00' };
const WEEKEND: HoursLine = { ...WORKDAYS, days: [6, 7] };

/** What stands there before anything is chosen. */
export function usualHours(timeZone: string): Hours {
  return { timeZone, lines: [WORKDAYS] };
}

/** The hours that a share has. An input of type `time` knows no 24:00: the midnight that ends a day is 00:00 there. */
export function hoursOf({ timeZone, windows }: WeeklyWindow): Hours {
  const lines = windows.map(({ days, from, to }) => {
    const allDay = from === '00:00' && to === '24:00';
    return { days, allDay, from, to: to === '24:00' ? '00:00' : to };
  });
  return { timeZone, lines };
}

/** As the owner API takes them. */
export function weeklyOf({ timeZone, lines }: Hours): WeeklyWindow | WrongHours {
  const wrong = lines.map(wrongIn).findIndex((found) => found !== undefined);
  const found = lines[wrong] && wrongIn(lines[wrong]);
  if (found !== undefined) return { line: wrong, ...found };
  const windows = lines.map(({ days, allDay, from, to }) =>
    allDay
      ? { days: [...days], from: '00:00', to: '24:00' }
      : { days: [...days], from, to: to === '00:00' ? '24:00' : to },
  );
  const weekly = { timeZone, windows };
  return typeof readWeekly(weekly) === 'string' ? { line: 0, part: 'zone', key: 'portal.wrong_zone' } : weekly;
}

/** With one line more, where there may be one. */
export function withLine({ timeZone, lines }: Hours): Hours {
  return { timeZone, lines: mayHaveMore(lines) ? [...lines, WEEKEND] : lines };
}

export function mayHaveMore(lines: readonly HoursLine[]): boolean {
  return lines.length < MOST_WINDOWS;
}

export function withoutLine({ timeZone, lines }: Hours, line: number): Hours {
  return { timeZone, lines: lines.filter((_, index) => index !== line) };
}

export function withChangedLine({ timeZone, lines }: Hours, line: number, change: Partial<HoursLine>): Hours {
  return { timeZone, lines: lines.map((one, index) => (index === line ? { ...one, ...change } : one)) };
}

/** Every time zone that this browser knows, and those that are in use. */
export function timeZones(...used: readonly string[]): string[] {
  return [...new Set([...used, ...Intl.supportedValuesOf('timeZone')])];
}

/** The reader's own. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function wrongIn({ days, allDay, from, to }: HoursLine): Omit<WrongHours, 'line'> | undefined {
  if (days.length === 0) return { part: 'days', key: 'portal.wrong_days' };
  if (allDay) return undefined;
  if (from === '' || to === '') return { part: 'times', key: 'portal.wrong_no_times' };
  return from === to ? { part: 'times', key: 'portal.wrong_same_times' } : undefined;
}
