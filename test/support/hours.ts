import type { WeeklyWindow } from '../../lib/sharing/share.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Hours from so many minutes ago until the minute that begins in so many: by the clock of now, in UTC. */
export function hoursAround(minutesBefore: number, minutesAfter: number): { weekly: WeeklyWindow; end: number } {
  const [start, end] = [Date.now() - minutesBefore * MINUTE_MS, Date.now() + minutesAfter * MINUTE_MS];
  const window = { days: [weekday(start)], from: time(start), to: time(end) };
  return { weekly: { timeZone: 'UTC', windows: [window] }, end: Math.floor(end / MINUTE_MS) * 60 };
}

/** Hours that are not now: the day after tomorrow. */
export function otherHours(): WeeklyWindow {
  const days = [weekday(Date.now() + 2 * DAY_MS)];
  return { timeZone: 'UTC', windows: [{ days, from: '00:00', to: '24:00' }] };
}

function weekday(ms: number): number {
  return new Date(ms).getUTCDay() || 7;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
