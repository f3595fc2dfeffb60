/** When a share ends, as a person writes it in English or German. Pure: the editor checks with it while somebody types. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: [RegExp, number][] = [
  [/^(s|secs?|seconds?|sek|sekunden?)$/, 1],
  [/^(m|mins?|minutes?|minuten?)$/, MINUTE],
  [/^(h|hrs?|hours?|std|stunden?)$/, HOUR],
  [/^(d|days?|tage?n?)$/, DAY],
  [/^(w|weeks?|wochen?)$/, 7 * DAY],
];
/** Sunday first, as `Date` counts. */
const WEEKDAYS = [
  /^(sun(day)?|so(nntag)?)$/,
  /^(mon(day)?|mo(ntag)?)$/,
  /^(tue(s|sday)?|di(enstag)?)$/,
  /^(wed(nesday)?|mi(ttwoch)?)$/,
  /^(thu(rs|rsday)?|do(nnerstag)?)$/,
  /^(fri(day)?|fr(eitag)?)$/,
  /^(sat(urday)?|sa(mstag)?|sonnabend)$/,
];
const NAMED_DAYS = [/^(today|heute)$/, /^(tomorrow|morgen)$/];
/** Numbers from here on are milliseconds, as `Date.now()` gives them: as seconds it would be the year 5138. */
const FROM_HERE_MILLISECONDS = 100_000_000_000;

/** Nobody writes an end at greater length, and patterns take their time over what goes on and on. */
const LONGEST = 100;
/** The last second that a `Date` knows. */
const LAST = 8_640_000_000_000;

/** "2 hours", "1 day 12 h": seconds, or undefined. */
function durationSeconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  if (parts.length === 0 || text.replace(/(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/g, '') !== '') return undefined;
  let seconds = 0;
  for (const [, count = '', unit = ''] of parts) {
    const size = UNITS.find(([names]) => names.test(unit))?.[1];
    if (size === undefined) return undefined;
    seconds += Number(count) * size;
  }
  return seconds;
}

function clockTime(text: string | undefined): [hours: number, minutes: number] | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text ?? '') ?? [];
  return hours !== '' && Number(hours) < 25 && Number(minutes) < 60 ? [Number(hours), Number(minutes)] : undefined;
}

/** "22:00" or "Sunday 22:00": the next time that the clock shows it. */
function nextTime(text: string, now: Date): Date | undefined {
  const [first = '', second] = text.split(/\s+/);
  const weekday = WEEKDAYS.findIndex((names) => names.test(first));
  const time = weekday < 0 ? clockTime(first) : clockTime(second ?? '24:00');
  if (time === undefined || (weekday < 0 && second !== undefined)) return undefined;
  const next = new Date(now);
  next.setHours(time[0], time[1], 0, 0);
  if (weekday >= 0) {
    next.setTime(now.getTime());
    next.setDate(now.getDate() + ((weekday - now.getDay() + 7) % 7));
    next.setHours(time[0], time[1], 0, 0);
  }
  if (next <= now) next.setDate(next.getDate() + (weekday < 0 ? 1 : 7));
  return next;
}

/** "today 18:00", "tomorrow": without a time the whole day still counts. */
function namedDay(text: string, now: Date): Date | undefined {
  const [day = '', time = '24:00', ...more] = text.split(/\s+/);
  const days = NAMED_DAYS.findIndex((names) => names.test(day));
  const clock = clockTime(time);
  if (days < 0 || clock === undefined || more.length > 0) return undefined;
  const at = new Date(now);
  at.setDate(at.getDate() + days);
  at.setHours(clock[0], clock[1], 0, 0);
  return at;
}

/** "24.12.2026" in the order of ISO 8601; anything else stays as it is. */
function isoOrder(text: string): string {
  return text.replace(
    /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)/,
    (_, day: string, month: string, year: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  );
}

/** A date alone means that the whole day still counts; without a zone it is the clock of this computer. */
function moment(text: string): Date | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[t\s](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const at = new Date(`${date}T${time ?? '00:00'}${zone?.toUpperCase() ?? ''}`);
  if (Number.isNaN(at.getTime())) return undefined;
  if (time === undefined) at.setDate(at.getDate() + 1);
  return at;
}

/**
 * Reads an end: a `Date`, epoch seconds (milliseconds are recognised), an ISO date or time or "24.12.2026 18:00", "22:00",
 * "Sunday 22:00", "tomorrow 8:00", or a duration such as "2 hours"; the same in German.
 * @returns seconds since 1970, or undefined where it cannot be read; it may lie in the past
 */
export function parseUntil(value: unknown, nowMs: number): number | undefined {
  const end = Math.floor(secondsOf(value, nowMs) ?? Number.NaN);
  return end <= LAST ? end : undefined;
}

function secondsOf(value: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') {
    if (value <= 0) return undefined;
    return value >= FROM_HERE_MILLISECONDS ? value / 1000 : value;
  }
  if (typeof value === 'string') return secondsIn(value.trim().toLowerCase(), nowMs);
  return isDate(value) ? secondsOf(value.getTime(), nowMs) : undefined;
}

/** Function nodes have a `Date` of their own, which is no instance of ours. */
function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]' && typeof (value as Date).getTime === 'function';
}

function secondsIn(text: string, nowMs: number): number | undefined {
  if (text.length > LONGEST) return undefined;
  if (/^\d+$/.test(text)) return secondsOf(Number(text), nowMs);
  const duration = durationSeconds(text);
  if (duration !== undefined) return nowMs / 1000 + duration;
  const at = moment(isoOrder(text)) ?? namedDay(text, new Date(nowMs)) ?? nextTime(text, new Date(nowMs));
  return at && at.getTime() / 1000;
}
