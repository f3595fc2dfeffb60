/** Hours of the week as the form of share keeps them. Pure: the editor checks with it while somebody types. */
import type { WeeklyWindow } from '../sharing/share.ts';
import { wallClock } from '../sharing/wall-clock.ts';
import { secondOfDay } from '../sharing/weekly.ts';

export interface HoursConfig {
  /** `always` or `weekly`. */
  hours?: string;
  /** "1,2,5": Monday is 1. */
  days?: string;
  from?: string;
  to?: string;
  timeZone?: string;
}

/** What stands in the form; whether it can be used is for others to judge. */
export function hoursOf({ days = '', from = '', to = '', timeZone = '' }: HoursConfig): WeeklyWindow {
  return {
    timeZone: timeZone.trim(),
    windows: [{ days: parseDays(days), from: clockTime(from), to: clockTime(to) }],
  };
}

export function parseDays(text: string): number[] {
  return text
    .split(',')
    .filter((day) => day.trim() !== '')
    .map(Number);
}

/** "8:00" is how many write 08:00. */
export function clockTime(text: string): string {
  const time = text.trim();
  return /^\d:/.test(time) ? `0${time}` : time;
}

/** Is this a time of the day? A day ends at 24:00, but nothing begins then. */
export function isTime(text: string, begins: boolean): boolean {
  return secondOfDay(clockTime(text)) !== undefined && !(begins && clockTime(text) === '24:00');
}

export function isTimeZone(name: string): boolean {
  return wallClock(name.trim()) !== undefined;
}
