import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import { sha256 } from './ids.ts';

const LONGEST_ID_BYTES = 1000;
const LONGEST_VALUE = 500;

export interface RowRange {
  after?: string;
  limit?: number;
  reverse?: boolean;
}

/** A table with look-ups beside its key, kept in step within the caller's transaction. */
export interface IndexedTable<T, Index extends string> {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  remove(id: string): void;
  /** Records in key order, read before the first is handed out: the caller may change the table meanwhile. */
  all(range?: RowRange): T[];
  /** Records whose index has this value, in key order. `after` is a record's key. */
  by(index: Index, value: string, range?: RowRange): T[];
  /** As `by`, each with its key. */
  keyed(index: Index, value: string, range?: RowRange): [string, T][];
  count(index: Index, value: string): number;
  /** How many records there are. Takes time where they are many. */
  size(): number;
  /** Calls back at every change from now on, for as long as the table is there. */
  watch(changed: Changed<T>): void;
}

/** Called within the transaction, with the record as it was and as it is; `undefined` where there is none. */
export type Changed<T> = (before: T | undefined, after: T | undefined) => void;

type IndexOf<T> = (record: T) => string | readonly string[] | undefined;

/**
 * Opens a table and its index table. Values are escaped, so that none reaches into another's range; an id that cannot
 * be a key, because a stranger made it up, is simply not there.
 */
export function openIndexedTable<T, Index extends string>(
  store: GatewayStore,
  kind: TableKind<T>,
  indexes: Record<Index, IndexOf<T>>,
): IndexedTable<T, Index> {
  const rows = store.table(kind);
  const index = store.table<string>({ name: `${kind.name}-index`, version: 1, read: readId });
  const names = Object.keys(indexes) as Index[];
  const watching: Changed<T>[] = [];
  const tell: Changed<T> = (before, after) => {
    for (const changed of watching) changed(before, after);
  };
  const prefix = (name: Index, value: string) => `${name}/${escaped(value)}/`;
  const keysOf = (id: string, record: T) =>
    names.flatMap((name) => listed(indexes[name](record)).map((value) => prefix(name, value) + id));
  const keyed = (name: Index, value: string, range: RowRange = {}): [string, T][] => {
    const start = prefix(name, value);
    const { after, ...rest } = range;
    const found = index.entries({ prefix: start, ...rest, ...(after === undefined ? {} : { after: start + after }) });
    return [...found].flatMap(([, id]) => {
      const record = rows.get(id);
      return record === undefined ? [] : [[id, record]];
    });
  };
  return {
    get: (id) => (isKey(id) ? rows.get(id) : undefined),
    put(id, record) {
      const before = rows.get(id);
      const old = new Set(before === undefined ? [] : keysOf(id, before));
      const keys = new Set(keysOf(id, record));
      for (const key of old) if (!keys.has(key)) index.remove(key);
      // Each entry lies on a page of its own in a large table, and a page that is written has to reach the disk.
      for (const key of keys) if (!old.has(key)) index.put(key, id);
      rows.put(id, record);
      tell(before, record);
    },
    remove(id) {
      const before = rows.get(id);
      if (before === undefined) return;
      for (const key of keysOf(id, before)) index.remove(key);
      rows.remove(id);
      tell(before, undefined);
    },
    all: (range = {}) => [...rows.entries(range)].map(([, record]) => record),
    by: (name, value, range) => keyed(name, value, range).map(([, record]) => record),
    keyed,
    count: (name, value) => index.count(prefix(name, value)),
    size: () => rows.count(''),
    watch: (changed) => void watching.push(changed),
  };
}

function isKey(id: string): boolean {
  return Buffer.byteLength(id) <= LONGEST_ID_BYTES && isWellFormed(id);
}

/** No two values become one, not even those that UTF-8 cannot tell apart; a long one becomes its hash. */
function escaped(value: string): string {
  const text = isWellFormed(value) ? encodeURIComponent(value) : `%u${Buffer.from(value, 'utf16le').toString('hex')}`;
  return text.length <= LONGEST_VALUE ? text : `%h${sha256(text)}`;
}

function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

function listed(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function readId(stored: unknown): string {
  if (typeof stored !== 'string') throw new TypeError('not an index entry');
  return stored;
}
