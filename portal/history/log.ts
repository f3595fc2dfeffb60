import type { Page } from '../../lib/sharing/share.ts';

/** A long list, newest first, of which so much has been read. `next` fetches older lines. */
export interface Log<T> {
  items: readonly T[];
  next?: string | undefined;
}

/** What was read so far, with the part that comes after it. */
export function withOlder<T>(log: Log<T>, older: Page<T>): Log<T> {
  return { items: [...log.items, ...older.items], next: older.next };
}

/**
 * What was read so far, with the newest part read anew: lines that came meanwhile stand before it, and those that changed
 * are as they are now. Where so many came that the two do not meet, only the newest part is known for sure.
 */
export function withNewest<T>(log: Log<T>, newest: Page<T>, keyOf: (item: T) => string | number): Log<T> {
  const read = new Set(newest.items.map(keyOf));
  const older = log.items.filter((item) => !read.has(keyOf(item)));
  const meets = older.length < log.items.length;
  return meets ? { items: [...newest.items, ...older], next: log.next } : { items: newest.items, next: newest.next };
}
