/** Hours of a week, as the clock on the wall shows them. A window that ends before it begins goes on into the next day. */
import type { Seconds, WeeklyWindow } from './share.ts';
import { DAY, type WallClock, WEEK, wallClock } from './wall-clock.ts';

/** From, and up to, in seconds since Monday 00:00. */
type Span = readonly [from: number, to: number];

export interface Week {
  timeZone: string;
  contains(at: Seconds): boolean;
  /** The first moment from `at` on that is outside; infinity where the whole week is inside. */
  leaves(at: Seconds): Seconds;
  /** Is all of the other one's time within this one's? False where that cannot be said. */
  covers(other: Week): boolean;
  spans: readonly Span[];
}

/** What of it cannot be used. */
export type WeeklyProblem = 'windows' | 'days' | 'times' | 'timeZone';

export const MOST_WINDOWS = 50;
/** More than any week has boundaries, so that nothing here can run on for ever. */
const MOST_STEPS = 500;

/** The clock of a time zone; `undefined` where there is no such zone. */
export type ClockOf = (timeZone: string) => WallClock | undefined;

/** Reads hours that somebody else has written. */
export function readWeekly(value: unknown, clockOf: ClockOf = wallClock): Week | WeeklyProblem {
  if (!isExactly(value, ['timeZone', 'windows']) || !Array.isArray(value.windows)) return 'windows';
  const { timeZone, windows } = value;
  if (windows.length === 0 || windows.length > MOST_WINDOWS) return 'windows';
  if (!windows.every((window) => isExactly(window, ['days', 'from', 'to']))) return 'windows';
  if (!windows.every(({ days }) => areDays(days))) return 'days';
  const spans = windows.map(spansOf);
  if (spans.some((found) => found === undefined)) return 'times';
  const clock = typeof timeZone === 'string' ? clockOf(timeZone) : undefined;
  if (clock === undefined) return 'timeZone';
  return weekOf(String(timeZone), clock, merged(spans.flatMap((found) => found ?? [])));
}

/** The same hours, written one way: what means the same compares the same. */
export function tidyWeekly({ timeZone, windows }: WeeklyWindow): WeeklyWindow {
  const tidy = windows.map(({ days, from, to }) => ({ days: [...new Set(days)].sort(), from, to }));
  return { timeZone, windows: tidy };
}

function weekOf(timeZone: string, clock: WallClock, spans: readonly Span[]): Week {
  const spanAt = (at: Seconds) => {
    const second = clock.secondOfWeek(at);
    const found = spans.find(([from, to]) => from <= second && second < to);
    return found && { left: found[1] - second };
  };
  return {
    timeZone,
    spans,
    contains: (at) => spanAt(at) !== undefined,
    covers: (other) => other.timeZone === timeZone && other.spans.every((inner) => spans.some(encloses(inner))),
    leaves(at) {
      if (spans.some(([from, to]) => to - from === WEEK)) return Number.POSITIVE_INFINITY;
      let moment = Math.floor(at);
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const span = spanAt(moment);
        if (span === undefined) break;
        const end = moment + span.left;
        moment = clock.nextSetting(moment, end) ?? end;
      }
      return Math.max(moment, at);
    },
  };
}

function encloses([from, to]: Span) {
  return ([first, last]: Span): boolean => first <= from && to <= last;
}

function spansOf({ days, from, to }: Record<string, unknown>): Span[] | undefined {
  const [start, end] = [secondOfDay(from), secondOfDay(to)];
  // From and to alike could mean a whole day or nothing.
  if (start === undefined || end === undefined || start === end || start === DAY) return undefined;
  const length = end > start ? end - start : end - start + DAY;
  return areDays(days) ? days.flatMap((day) => aroundTheWeek((day - 1) * DAY + start, length)) : [];
}

/** What goes on after Sunday 24:00 goes on at Monday 00:00. */
function aroundTheWeek(from: number, length: number): Span[] {
  const to = from + length;
  if (to <= WEEK) return [[from, to]];
  return [
    [from, WEEK],
    [0, to - WEEK],
  ];
}

function merged(spans: readonly Span[]): Span[] {
  const whole: Span[] = [];
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const [first, last] = whole.at(-1) ?? [from, from];
    if (whole.length > 0 && from <= last) whole[whole.length - 1] = [first, Math.max(last, to)];
    else whole.push([from, to]);
  }
  return whole;
}

/** @param text - `HH:MM`, from 00:00 to 24:00. @returns undefined for anything else */
export function secondOfDay(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)) return undefined;
  return Number(text.slice(0, 2)) * 3600 + Number(text.slice(3)) * 60;
}

function areDays(days: unknown): days is number[] {
  const isDay = (day: unknown) => Number.isInteger(day) && Number(day) >= 1 && Number(day) <= 7;
  return Array.isArray(days) && days.length >= 1 && days.length <= 7 && days.every(isDay);
}

/** One member more may have been meant to limit something. */
function isExactly(value: unknown, members: string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(value);
  return names.length === members.length && members.every((member) => Object.hasOwn(value, member));
}
