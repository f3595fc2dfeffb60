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
 *
 * @param keyOf - another for a line that has moved up
 * @param nameOf - the same for it
 */
export function withNewest<T>(
  log: Log<T>,
  newest: Page<T>,
  keyOf: (item: T) => string | number,
  nameOf: (item: T) => string | number = keyOf,
): Log<T> {
  const known = new Set(log.items.map(keyOf));
  const meets = newest.items.some((item) => known.has(keyOf(item)));
  if (!meets) return { items: newest.items, next: newest.next };
  const again = new Set(newest.items.map(nameOf));
  return { items: [...newest.items, ...log.items.filter((item) => !again.has(nameOf(item)))], next: log.next };
}
