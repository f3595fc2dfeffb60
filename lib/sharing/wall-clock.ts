import type { Seconds } from './share.ts';

/** A clock on the wall somewhere: the only place that knows of time zones and daylight saving. */
export interface WallClock {
  /** Seconds since Monday 00:00, as the clock shows them. An hour that comes twice is shown twice, a skipped one never. */
  secondOfWeek(at: Seconds): number;
  /** The first second after `from`, up to `to`, at which the clock was set; undefined where it runs on evenly. */
  nextSetting(from: Seconds, to: Seconds): Seconds | undefined;
}

export const DAY = 86_400;
export const WEEK = 7 * DAY;
/** 1970 began on a Thursday. */
const MONDAY_BEFORE_1970 = 3 * DAY;
/** No clock was ever set twice within so long. */
const STEP = 6 * 3600;
const LONGEST_NAME = 64;

/** @param timeZone - a name of the IANA database. @returns undefined where `Intl` does not know it; an offset is no name */
export function wallClock(timeZone: string): WallClock | undefined {
  const format = formatIn(timeZone);
  if (format === undefined) return undefined;
  const offset = (at: Seconds) => shown(format, at) - at;

  function settingWithin(from: Seconds, to: Seconds): Seconds {
    let [before, after] = [from, to];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offset(middle) === offset(from)) before = middle;
      else after = middle;
    }
    return after;
  }

  return {
    secondOfWeek: (at) => (Math.floor(at) + offset(Math.floor(at)) + MONDAY_BEFORE_1970) % WEEK,
    nextSetting(from, to) {
      for (let step = from; step < to; step += STEP) {
        const end = Math.min(step + STEP, to);
        if (offset(end) !== offset(step)) return settingWithin(step, end);
      }
      return undefined;
    },
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  if (timeZone.length > LONGEST_NAME || !/^[A-Za-z]/.test(timeZone)) return undefined;
  const day = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone, ...day, ...time });
  } catch {
    return undefined;
  }
}

/** What the clock shows, counted as if it were UTC. */
function shown(format: Intl.DateTimeFormat, at: Seconds): Seconds {
  const parts = new Map(format.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? Number.NaN;
  const [year, month, day] = [part('year'), part('month') - 1, part('day')];
  return Date.UTC(year, month, day, part('hour'), part('minute'), part('second')) / 1000;
}
