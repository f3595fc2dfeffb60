import { corrupt, newer, StoreError } from './errors.ts';
import type { Table, TableKind } from './gateway-store.ts';
import type { Environment } from './lmdb.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import type { Sealer } from './sealing.ts';

const CHUNK = 200;
const LONGEST_KEY_BYTES = 1_900;

type Range = NonNullable<Parameters<Table<unknown>['entries']>[0]>;

/** What a table needs from the store it stands in. `environment` throws once the store is closed. */
export interface TableHome {
  environment(): Environment;
  namespace: string;
  sealer: Sealer;
}

/**
 * One namespace's table. Declaring it is refused with `store_newer` if a later version of it was ever written here,
 * so that an older version of this package cannot overwrite what it does not understand.
 */
export function openTable<T>(home: TableHome, kind: TableKind<T>): Table<T> {
  const prefix = Buffer.from(`${home.namespace}\0${kind.name}\0`);
  const versionKey = Buffer.from(`\0version\0${home.namespace}\0${kind.name}`);
  const sealer = kind.sealed ? home.sealer : undefined;
  const what = `table ${kind.name}`;
  const keyOf = (key: string) => Buffer.concat([prefix, keyBytes(key)]);
  const read = (key: Buffer, stored: Buffer): T => readRecord(home.environment().dir, kind, key, stored, sealer);

  const writtenVersion = (): number => {
    const stored = home.environment().get(versionKey);
    return stored ? decode(home.environment().dir, what, versionKey, stored).version : 0;
  };
  if (writtenVersion() > kind.version) throw newer(home.environment().dir, what);

  return {
    get(key) {
      const at = keyOf(key);
      const stored = home.environment().get(at);
      return stored && read(at, stored);
    },
    put(key, value) {
      const at = keyOf(key);
      const environment = home.environment();
      const record = encodeRecord(at, { version: kind.version, data: value }, sealer);
      environment.transactions.run(() => {
        if (writtenVersion() < kind.version) {
          environment.put(versionKey, encodeRecord(versionKey, { version: kind.version, data: null }));
        }
        environment.put(at, record);
      });
    },
    remove(key) {
      const environment = home.environment();
      environment.transactions.run(() => environment.remove(keyOf(key)));
    },
    count(start) {
      const from = Buffer.concat([prefix, Buffer.from(start)]);
      return home.environment().count(from, successor(from));
    },
    *entries(range = {}) {
      for (const [key, stored] of walk(home, prefix, range)) {
        yield [key.subarray(prefix.length).toString(), read(key, stored)];
      }
    },
  };
}

/** In small parts, so that no read transaction stays open between two steps and the caller may write meanwhile. */
function* walk(home: TableHome, table: Buffer, range: Range): Generator<[Buffer, Buffer]> {
  const reverse = range.reverse ?? false;
  const lowest = Buffer.concat([table, Buffer.from(range.prefix ?? '')]);
  const beyond = successor(lowest);
  let after: Buffer | undefined = range.after === undefined ? undefined : Buffer.concat([table, keyBytes(range.after)]);
  let left = range.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const size = Math.min(left, CHUNK);
    const from = reverse ? lower(after, beyond) : higher(after, lowest);
    // One more than needed: the starting point itself may be a record, and is not part of the answer.
    const found = home.environment().range({ from, to: reverse ? lowest : beyond, limit: size + 1, reverse });
    const excluded = reverse ? from : after;
    const part = found.filter(([key]) => !excluded?.equals(key)).slice(0, size);
    yield* part;
    after = part.at(-1)?.[0];
    if (part.length < size || after === undefined) return;
    left -= size;
  }
}

const lower = (a: Buffer | undefined, b: Buffer): Buffer => (a && Buffer.compare(a, b) < 0 ? a : b);
const higher = (a: Buffer | undefined, b: Buffer): Buffer => (a && Buffer.compare(a, b) > 0 ? a : b);

/** The first key that does not begin with these bytes; no UTF-8 ends in 0xff. */
function successor(prefix: Buffer): Buffer {
  const next = Buffer.from(prefix);
  next[next.length - 1] = (next.at(-1) ?? 0) + 1;
  return next;
}

/** Two texts that UTF-8 cannot tell apart (lone surrogates) must not become one key. */
function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (bytes.length > LONGEST_KEY_BYTES) throw new StoreError('store_misused', 'the key is too long');
  if (bytes.toString() !== key) throw new StoreError('store_misused', 'the key is not well-formed text');
  return bytes;
}

function readRecord<T>(dir: string, kind: TableKind<T>, key: Buffer, stored: Buffer, sealer: Sealer | undefined): T {
  const what = `table ${kind.name}`;
  const { version, data } = decode(dir, what, key, stored, sealer);
  if (version > kind.version) throw newer(dir, what);
  try {
    return kind.read(data, version);
  } catch (error) {
    throw corrupt(dir, what, error);
  }
}

function decode(dir: string, what: string, key: Buffer, stored: Buffer, sealer?: Sealer) {
  try {
    return decodeRecord(key, stored, sealer);
  } catch (error) {
    throw corrupt(dir, what, error);
  }
}
