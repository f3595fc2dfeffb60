import type { Page } from '../../lib/sharing/share.ts';

/** A long list, newest first, of which so much has been read. `next` fetches older lines. */
export interface Log<T> {
  items: readonly T[];
  next?: string | undefined;
}

/** What tells one line from another. */
export interface Naming<T> {
  /** Another for a line that has moved up. */
  keyOf(item: T): string | number;
  /** The same for a line as long as it is the same, wherever it stands; by default its key. */
  nameOf?: (item: T) => string | number;
  /** May it still change where it stands? By default none does. */
  isOpen?: (item: T) => boolean;
}

/** What was read so far, with the part that comes after it. */
export function withOlder<T>(log: Log<T>, older: Page<T>): { items: T[]; next?: string } {
  const items = [...log.items, ...older.items];
  return older.next === undefined ? { items } : { items, next: older.next };
}

/**
 * What was read so far, with the newest part read anew: lines that came meanwhile stand before it, and those that changed
 * are as they are now. Where so many came that the two do not meet, only the newest part is known for sure.
 */
export function withNewest<T>(log: Log<T>, newest: Page<T>, { keyOf, nameOf = keyOf }: Naming<T>): Log<T> {
  const read = new Set(newest.items.map(keyOf));
  const last = log.items.at(-1);
  // What was not read anew is older than all that was, or gone.
  const covers = last === undefined || read.has(keyOf(last));
  if (covers || !log.items.some((item) => read.has(keyOf(item)))) return { items: newest.items, next: newest.next };
  const again = new Set(newest.items.map(nameOf));
  return { items: [...newest.items, ...log.items.filter((item) => !again.has(nameOf(item)))], next: log.next };
}

/** Is something shown that may have changed, and was it not read anew? */
export function lacksOpen<T>(shown: Log<T>, read: Page<T>, { keyOf, isOpen = () => false }: Naming<T>): boolean {
  const known = new Set(read.items.map(keyOf));
  return shown.items.some((item) => isOpen(item) && !known.has(keyOf(item)));
}
