/** Where the key comes from that seals keys, refresh tokens and client secrets: a file of its own, or `UMA_STORE_KEY`. */
import { randomBytes, scrypt } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { notWritable, StoreError, systemCode } from './errors.ts';
import { FORMAT_FILE } from './soundness.ts';

const RAW_KEY = /^[A-Za-z0-9_-]{43}=?$/;
const SHORTEST_PASSPHRASE = 16;

export interface KeyPlace {
  keyDir: string;
  env: Record<string, string | undefined>;
  /** Of the store; makes one passphrase two keys in two stores. */
  salt: Buffer;
}

/**
 * The 256-bit data key. `UMA_STORE_KEY` (32 bytes in base64url, or a passphrase of at least 16 characters) goes before the file.
 * With `mayCreate` a missing file is made; without it a missing file is `store_key_wrong`: a new key would open nothing. Nor
 * is one made where another store of this directory was sealed already: its key is what has to be put back.
 */
export async function findDataKey(place: KeyPlace, mayCreate: boolean): Promise<Buffer> {
  const given = place.env.UMA_STORE_KEY;
  if (given) return keyFromText(given, place.salt);
  const path = join(place.keyDir, 'key');
  const found = readKeyFile(path);
  if (found) return found;
  if (mayCreate && !holdsStores(place.keyDir)) return createKeyFile(place.keyDir, path);
  // Another process may just have made the first of them, and the key before it.
  return readKeyFile(path) ?? missing(path);
}

function holdsStores(keyDir: string): boolean {
  try {
    return readdirSync(keyDir).some((name) => existsSync(join(keyDir, name, FORMAT_FILE)));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw notWritable(keyDir, error);
  }
}

/** The error for a key that is there and does not open the store. */
export function wrongKey({ keyDir, env }: KeyPlace, dir: string): StoreError {
  const path = join(keyDir, 'key');
  const hintKey = env.UMA_STORE_KEY ? 'hint.store_key_wrong_env' : 'hint.store_key_wrong';
  return new StoreError('store_key_wrong', `the key does not open ${dir}`, { values: { path, store: dir }, hintKey });
}

function missing(path: string): never {
  const hintKey = 'hint.store_key_missing';
  throw new StoreError('store_key_wrong', `${path} is missing`, { values: { path }, hintKey });
}

function keyFromText(text: string, salt: Buffer): Promise<Buffer> {
  if (RAW_KEY.test(text)) return Promise.resolve(Buffer.from(text, 'base64url'));
  if (text.length < SHORTEST_PASSPHRASE) {
    const values = { shortest: SHORTEST_PASSPHRASE };
    return Promise.reject(new StoreError('store_key_weak', 'UMA_STORE_KEY is too short', { values }));
  }
  const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(text.normalize('NFKC'), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function readKeyFile(path: string): Buffer | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  if (RAW_KEY.test(text.trim())) return Buffer.from(text.trim(), 'base64url');
  const hintKey = 'hint.store_key_damaged';
  throw new StoreError('store_key_wrong', `${path} holds no key`, { values: { path }, hintKey });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw notWritable(path, error);
  }
}

/** Written whole beside its place, then linked: never half a key, and never a second key over one just made by another process. */
function createKeyFile(keyDir: string, path: string): Buffer {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(keyDir, { recursive: true, mode: 0o700 });
    writeDurably(draft, `${randomBytes(32).toString('base64url')}\n`);
    linkUnlessThere(draft, path);
    unlinkSync(draft);
    syncDirectory(keyDir);
  } catch (error) {
    throw notWritable(path, error);
  }
  return readKeyFile(path) ?? missing(path);
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function linkUnlessThere(draft: string, path: string): void {
  try {
    linkSync(draft, path);
    chmodSync(path, 0o600);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    // Some file systems (FAT) have no links. There, `wx` keeps the promise not to overwrite.
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(systemCode(error) ?? '')) throw error;
    writeDurably(path, readFileSync(draft, 'utf8'));
  }
}

/** A new name is on disk only once its directory is. Windows cannot open one, and does not need to. */
function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
