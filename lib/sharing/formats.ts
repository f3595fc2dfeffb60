/** How one language writes moments and lists, and the clocks that hours of a week are told by. */
import { languageOf } from './language.ts';
import { type WallClock, wallClock } from './wall-clock.ts';

/** Making a format is dear, a hundred times as dear as using it: each is made once for as long as this is kept. */
export interface Formats {
  moment(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat;
  list(words: readonly string[]): string;
  /** The reader's own. */
  timeZone(): string;
  clock(timeZone: string): WallClock | undefined;
}

/** More zones than a home has; what conditions name is somebody else's to choose. */
const MOST_CLOCKS = 50;

/**
 * @param language - BCP 47, as for `say`
 * @param timeZone - the reader's, where it is not this computer's
 */
export function createFormats(language: string, timeZone?: string): Formats {
  const moments = new Map<string, Intl.DateTimeFormat>();
  const clocks = new Map<string, WallClock>();
  let lists: Intl.ListFormat | undefined;
  let offset: number | undefined;
  const moment = (options: Intl.DateTimeFormatOptions) => {
    forgetWhenMoved();
    const key = JSON.stringify(options);
    const made =
      moments.get(key) ?? new Intl.DateTimeFormat(known(language), timeZone ? { ...options, timeZone } : options);
    moments.set(key, made);
    return made;
  };
  /** A phone may have gone to another time zone since. */
  const forgetWhenMoved = () => {
    const now = new Date().getTimezoneOffset();
    if (now !== offset) moments.clear();
    offset = now;
  };
  return {
    moment,
    list(words) {
      lists ??= new Intl.ListFormat(known(language), { type: 'conjunction' });
      return lists.format(words);
    },
    timeZone: () => moment({}).resolvedOptions().timeZone,
    clock(zone) {
      const clock = clocks.get(zone) ?? wallClock(zone);
      if (clock === undefined) return undefined;
      if (clocks.size >= MOST_CLOCKS) clocks.clear();
      clocks.set(zone, clock);
      return clock;
    },
  };
}

/** Dates are written as in the language of the words. A tag may come from settings: one that is none must not throw. */
function known(tag: string): string {
  const language = languageOf(tag);
  try {
    const [canonical = language] = Intl.getCanonicalLocales(tag);
    return canonical.split('-', 1)[0] === language ? canonical : language;
  } catch {
    return language;
  }
}
