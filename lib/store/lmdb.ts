import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open } from 'lmdb';
import { corrupt, notWritable, StoreError, systemCode } from './errors.ts';
import { dropLock, refuseUnlessLeft, TOUCH_EVERY_MS, takeLock, touchLock } from './lock.ts';
import { looksSound } from './record.ts';
import { openRoom, type Room } from './room.ts';
import { refuseUnlessSound } from './soundness.ts';
import { Transactions } from './transactions.ts';

/** One lmdb environment of bytes, shared by everybody in this process who opened the same directory. */
export interface Environment {
  dir: string;
  get(key: Buffer): Buffer | undefined;
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
  /** At most `limit` records from `from` (inclusive) to `to` (exclusive upwards, inclusive downwards), in key order. */
  range(bounds: Bounds): [Buffer, Buffer][];
  /** How many keys there are from `from` (inclusive) to `to` (exclusive). */
  count(from: Buffer, to: Buffer): number;
  transactions: Transactions;
  /** Idempotent. The last one closes the environment and gives up the lock. */
  release(): Promise<void>;
}

export interface Bounds {
  from: Buffer;
  to: Buffer;
  limit: number;
  reverse: boolean;
}

interface Shared {
  database: Database<Buffer, Buffer>;
  transactions: Transactions;
  users: number;
  lock: string;
  touching: NodeJS.Timeout;
  room: Room;
  closing?: Promise<void>;
}

/** One of the project's two places of module-level state: lmdb must not open a directory twice in one process. */
const environments = new Map<string, Shared>();
const opening = new Map<string, Promise<void>>();

/**
 * Opens the directory (made with mode 0700 if need be) or joins those who have it open.
 * @throws StoreError `store_in_use`, `store_not_writable`, `store_corrupt`, `store_newer`
 */
export async function acquireEnvironment(dir: string): Promise<Environment> {
  const path = makeDirectory(dir);
  const shared = await joinShared(path);
  let held = true;
  return {
    dir: path,
    get: (key) => readable(path, () => shared.database.get(key)),
    put: (key, value) => void shared.database.put(key, value),
    remove: (key) => void shared.database.remove(key),
    range: (bounds) => readable(path, () => range(shared.database, bounds)),
    count: (start, end) => readable(path, () => shared.database.getKeysCount({ start, end })),
    transactions: shared.transactions,
    async release() {
      if (held) shared.users -= 1;
      held = false;
      if (shared.users === 0) await closeShared(path, shared);
    },
  };
}

/** Counted in the same step in which it is found, so that nobody's release can close it in between. */
async function joinShared(path: string): Promise<Shared> {
  for (;;) {
    const known = environments.get(path);
    if (known && !known.closing) {
      known.users += 1;
      return known;
    }
    await (known?.closing ?? openOnce(path));
  }
}

function openOnce(path: string): Promise<void> {
  const pending = opening.get(path) ?? openShared(path).finally(() => opening.delete(path));
  opening.set(path, pending);
  return pending;
}

async function openShared(path: string): Promise<void> {
  const lock = join(path, 'lock');
  await refuseUnlessLeft(lock, path);
  const room = openRoom(path);
  try {
    room.check();
    const database = await openLocked(path, lock);
    const transactions = new Transactions(database, path, room);
    if (environments.size === 0) process.on('exit', dropAllLocks);
    const touching = setInterval(() => touchLock(lock), TOUCH_EVERY_MS).unref();
    environments.set(path, { database, lock, touching, room, users: 0, transactions });
  } catch (error) {
    room.close();
    throw error;
  }
}

async function openLocked(path: string, lock: string): Promise<Database<Buffer, Buffer>> {
  await refuseUnlessSound(path, readAll);
  const database = openDatabase(path);
  try {
    // lmdb's own writer mutex is shared between processes: it makes looking at the lock and taking it one step.
    database.transactionSync(() => takeLock(lock, path));
    return database;
  } catch (error) {
    await database.close();
    throw error instanceof StoreError ? error : notWritable(path, error);
  }
}

function closeShared(path: string, shared: Shared): Promise<void> {
  shared.closing ??= shared.database.close().finally(() => {
    clearInterval(shared.touching);
    environments.delete(path);
    shared.room.close();
    dropLock(shared.lock);
    if (environments.size === 0) process.off('exit', dropAllLocks);
  });
  return shared.closing;
}

function dropAllLocks(): void {
  for (const { lock } of environments.values()) dropLock(lock);
}

/**
 * Why these options. `transactionSync` without flags writes the pages, `fdatasync`s, and then writes the meta page
 * through an `O_DSYNC` descriptor, all before it returns (seen with strace): whoever has its answer has the record on
 * disk, through `kill -9` and, as far as the disk keeps its word, a power cut. lmdb-js's `flushed` adds nothing to
 * that: it tracks only asynchronous writes. Its default `overlappingSync` is off, because it buys nothing for
 * synchronous commits and chooses at the next start between snapshots by the machine's boot id.
 * The price: each commit waits for the disk, so what belongs together goes into one transaction.
 */
function openDatabase(path: string): Database<Buffer, Buffer> {
  const options = {
    path,
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary' as const,
    keyEncoding: 'binary' as const,
    permissionsMode: 0o600,
  };
  try {
    return open<Buffer, Buffer>(options);
  } catch (error) {
    throw isDiskFault(error) ? notWritable(path, error) : corrupt(path, 'lmdb cannot open it', error);
  }
}

function makeDirectory(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    return realpathSync(dir);
  } catch (error) {
    throw notWritable(dir, error);
  }
}

function isDiskFault(error: unknown): boolean {
  const text = error instanceof Error ? error.message : '';
  return /^E[A-Z]+$/.test(systemCode(error) ?? '') || /permission denied|read-only|no space/i.test(text);
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw corrupt(path, 'lmdb cannot read it', error);
  }
}

function range(database: Database<Buffer, Buffer>, { from, to, limit, reverse }: Bounds): [Buffer, Buffer][] {
  const options = { start: from, end: to, limit, reverse, inclusiveEnd: reverse };
  return Array.from(database.getRange(options), ({ key, value }) => [key, value]);
}

async function readAll(dir: string): Promise<boolean> {
  const database = openDatabase(dir);
  try {
    for (const { key, value } of database.getRange({})) if (!looksSound(key, value)) return false;
    return true;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}
