import { createFormats, type Formats } from './formats.ts';

const SECOND_MS = 1000;

/**
 * A moment that has been, as people say it: "today 12:03", "yesterday 22:10", "3 May 2026 08:00". In local time.
 * @param formats - kept for many, since making one is dear
 */
export function when(
  seconds: number,
  nowMs: number,
  language: string,
  formats: Pick<Formats, 'moment'> = createFormats(language),
): string {
  const at = new Date(seconds * SECOND_MS);
  if (Number.isNaN(at.getTime())) return '…';
  const clock = formats.moment({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  return `${day(at, new Date(nowMs), language, formats)} ${clock}`;
}

function day(at: Date, now: Date, language: string, formats: Pick<Formats, 'moment'>): string {
  const ago = daysBetween(at, now);
  if (ago === 0 || ago === 1) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-ago, 'day');
  return formats.moment({ day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}

/** Counted by the calendar: a day has 23 or 25 hours now and then. */
function daysBetween(at: Date, now: Date): number {
  const noon = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((noon(now) - noon(at)) / 86_400_000);
}
