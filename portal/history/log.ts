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
 * What was read so far, with the newest part read anew: lines that came meanwhile stand before it. Where so many came that
 * the two do not meet, only the newest part is known for sure.
 */
export function withNewest<T>(log: Log<T>, newest: Page<T>, keyOf: (item: T) => string | number): Log<T> {
  const known = new Set(log.items.map(keyOf));
  const fresh = newest.items.filter((item) => !known.has(keyOf(item)));
  const meets = fresh.length < newest.items.length;
  return meets ? { items: [...fresh, ...log.items], next: log.next } : { items: newest.items, next: newest.next };
}
