import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataKey, wrongKey } from './data-key.ts';
import { corrupt, newer, notWritable, StoreError } from './errors.ts';
import type { GatewayStore, TableKind } from './gateway-store.ts';
import type { Environment } from './lmdb.ts';
import { decodeRecord, encodeRecord, type VersionedData } from './record.ts';
import { type Sealer, sealWith } from './sealing.ts';
import { FORMAT, FORMAT_FILE } from './soundness.ts';
import { openTable } from './table.ts';

export interface StoreOptions {
  /** The store's own directory, made with mode 0700. */
  dir: string;
  /** Where the file `key` lies or shall lie; several stores may share it. */
  keyDir: string;
  /** Holds `UMA_STORE_KEY`, if any. By default the process's own. */
  env?: Record<string, string | undefined>;
  /** Keeps the tables of several users of one directory apart, such as owner connections. */
  namespace?: string;
}

interface StoreMark {
  salt: string;
  /** Sealed with the data key: tells whether a key is the right one. */
  check: string;
}

const MARK_KEY = Buffer.from('\0store');
const CHECK_NAME = Buffer.from('\0check');

/**
 * Opens the store in `dir`, or makes it. The same process may open it any number of times; another one gets `store_in_use`.
 * @throws StoreError whose `code` and `hint` say what to do; what is on disk is left as it was
 */
export async function openStore({
  dir,
  keyDir,
  env = process.env,
  namespace = 'main',
}: StoreOptions): Promise<GatewayStore> {
  if (!/^[^\0]{1,200}$/.test(namespace)) throw new StoreError('store_misused', 'a namespace has 1 to 200 characters');
  const { acquireEnvironment } = await import('./lmdb.ts');
  const environment = await acquireEnvironment(dir);
  try {
    const sealer = await unlock(environment, keyDir, env);
    nameFormat(environment.dir);
    return new NamespacedStore(environment, sealer, namespace);
  } catch (error) {
    await environment.release();
    throw error;
  }
}

async function unlock(environment: Environment, keyDir: string, env: StoreOptions['env'] & object): Promise<Sealer> {
  const mark = readMark(environment);
  const salt = mark ? Buffer.from(mark.salt, 'base64url') : randomBytes(16);
  const place = { keyDir, env, salt };
  const sealer = sealWith(await findDataKey(place, mark === undefined));
  // Another opener in this process may have been quicker while the key was made.
  const settled = readMark(environment);
  if (!settled) return markStore(environment, sealer, salt);
  if (!mark) return unlock(environment, keyDir, env);
  try {
    sealer.open(Buffer.from(settled.check, 'base64url'), CHECK_NAME);
    return sealer;
  } catch {
    throw wrongKey(place, environment.dir);
  }
}

function markStore(environment: Environment, sealer: Sealer, salt: Buffer): Sealer {
  const check = sealer.seal(randomBytes(16), CHECK_NAME).toString('base64url');
  const mark: StoreMark = { salt: salt.toString('base64url'), check };
  environment.transactions.run(() => {
    environment.put(MARK_KEY, encodeRecord(MARK_KEY, { version: FORMAT, data: mark }));
  });
  return sealer;
}

/** From now on an empty data file is a lost one, not a new one. */
function nameFormat(dir: string): void {
  const path = join(dir, FORMAT_FILE);
  try {
    if (sizeOf(path) === 0) writeFileSync(path, `${FORMAT}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw notWritable(path, error);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readMark(environment: Environment): StoreMark | undefined {
  const stored = environment.get(MARK_KEY);
  if (!stored) return undefined;
  const { version, data } = decodeMark(environment.dir, stored);
  if (version > FORMAT) throw newer(environment.dir, `format ${version}`);
  if (!isMark(data)) throw corrupt(environment.dir, 'the store is not marked as ours');
  return data;
}

function decodeMark(dir: string, stored: Buffer): VersionedData {
  try {
    return decodeRecord(MARK_KEY, stored);
  } catch (error) {
    throw corrupt(dir, 'the store is not marked as ours', error);
  }
}

function isMark(data: unknown): data is StoreMark {
  if (typeof data !== 'object' || data === null || !('salt' in data) || !('check' in data)) return false;
  return typeof data.salt === 'string' && typeof data.check === 'string';
}

class NamespacedStore implements GatewayStore {
  readonly #environment: Environment;
  readonly #sealer: Sealer;
  readonly #namespace: string;
  #closed = false;

  constructor(environment: Environment, sealer: Sealer, namespace: string) {
    this.#environment = environment;
    this.#sealer = sealer;
    this.#namespace = namespace;
  }

  table<T>(kind: TableKind<T>) {
    if (!/^[^\0]{1,100}$/.test(kind.name)) throw new StoreError('store_misused', 'a table has a name');
    const home = { environment: () => this.#open(), namespace: this.#namespace, sealer: this.#sealer };
    return openTable(home, kind);
  }

  transaction<T>(work: () => T): Promise<T> {
    try {
      const { result, durable } = this.#open().transactions.run(work);
      const settled = durable.then(() => result);
      settled.catch(() => {});
      return settled;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#environment.release();
  }

  #open(): Environment {
    if (this.#closed) throw new StoreError('store_closed', 'the store is closed');
    return this.#environment;
  }
}
