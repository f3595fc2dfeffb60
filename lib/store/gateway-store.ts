/**
 * Durable tables, knowing no domain: each table is declared by its one owner.
 *
 * Reads see every write already called, whether or not it has reached the disk.
 * `transaction` runs its work synchronously, all or nothing, and resolves when it is on disk; inside another
 * transaction it is part of that one. Each commit waits for the disk: put what belongs together into one.
 */
export interface GatewayStore {
  table<T>(kind: TableKind<T>): Table<T>;
  transaction<T>(work: () => T): Promise<T>;
  close(): Promise<void>;
}

/**
 * A table's declaration. Values are JSON: what JSON drops (undefined, functions, byte arrays) is not kept.
 * `read` turns a stored record of this or an older version into today's shape, or throws.
 */
export interface TableKind<T> {
  name: string;
  version: number;
  read(stored: unknown, version: number): T;
  /** Sealed with the store's key file: for keys, refresh tokens and client secrets. */
  sealed?: boolean;
}

export interface Table<T> {
  get(key: string): T | undefined;
  /** Takes effect at once for every reader; inside `transaction`, durable when that resolves. */
  put(key: string, value: T): void;
  remove(key: string): void;
  /** How many keys begin with `prefix`: much cheaper than reading them. */
  count(prefix: string): number;
  /** In key order. */
  entries(range?: { prefix?: string; after?: string; limit?: number; reverse?: boolean }): Iterable<[string, T]>;
}
