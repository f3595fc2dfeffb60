/**
 * Whether a data file may be handed to lmdb. lmdb maps the file into memory and believes it: a file cut short ends the
 * whole process (SIGBUS), one that is no data file too (SIGSEGV), and an empty one is taken for a new store, in which
 * nothing was ever revoked. So we look before we leap, and never write to what we look at, unless nothing is in it.
 */
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { corrupt, newer, systemCode } from './errors.ts';

/** Written beside the data once the store is complete: from then on missing data is lost data. */
export const FORMAT_FILE = 'format';
export const FORMAT = 1;
const DATA_FILE = 'data.mdb';
const META_MAGIC = 0xbeefc0de;
const PAGE_HEAD = 24;
const LARGEST_PAGE = 65_536;
/** lmdb writes both meta pages at once, and everything else after them. */
const META_PAGES = 2;
const SMALLEST_PAGE = 4096;
/** So long another process may be about to write them. */
const BEGINNING_MS = 100;

interface Meta {
  pageSize: number;
  lastPage: bigint;
  transaction: bigint;
}

/** Reads everything in the environment in `dir`; true if every record is sound. */
type ReadAll = (dir: string) => Promise<boolean>;

/** Throws `store_corrupt` or `store_newer` unless the data in `dir` is whole, or is not there and never was. */
export async function refuseUnlessSound(dir: string, readAll: ReadAll): Promise<void> {
  const known = knownFormat(dir);
  if (known !== undefined && known > FORMAT) throw newer(dir, `format ${known}`);
  const path = join(dir, DATA_FILE);
  if (known === undefined) await beginAnew(path);
  const size = sizeOf(path);
  if (size === 0 && known === undefined) return;
  if (size === 0) throw corrupt(path, 'the data is gone');
  const meta = newestMeta(path);
  if (!meta) throw corrupt(path, 'this is no data file');
  const whole = (Number(meta.lastPage) + 1) * meta.pageSize;
  if (size >= whole) return;
  // lmdb writes whole pages: half of one may point anywhere, and reading on from there ends the process (SIGSEGV).
  if (size % meta.pageSize !== 0) throw corrupt(path, 'the file is cut short');
  if (!(await readsWhenPadded(dir, whole, readAll))) throw corrupt(path, 'the file is cut short');
}

function knownFormat(dir: string): number | undefined {
  try {
    const text = readFileSync(join(dir, FORMAT_FILE), 'utf8');
    // It is made after the data is whole; a full disk, or a power cut, can leave it without its one word.
    if (text === '') return FORMAT;
    const format = Number.parseInt(text, 10);
    if (Number.isNaN(format)) throw corrupt(join(dir, FORMAT_FILE), 'this names no format');
    return format;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A store whose very first write broke off, as where the disk was full, holds nothing and was never anybody's. */
async function beginAnew(path: string): Promise<void> {
  const isBegun = () => sizeOf(path) > 0 && sizeOf(path) < META_PAGES * SMALLEST_PAGE;
  if (!isBegun()) return;
  await setTimeout(BEGINNING_MS);
  if (isBegun()) truncateSync(path, 0);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** lmdb keeps two meta pages and uses the one with the newer transaction (`MDB_meta` in its mdb.c). */
function newestMeta(path: string): Meta | undefined {
  const first = readMeta(path, 0);
  const second = first ? readMeta(path, first.pageSize) : undefined;
  return first && second && (second.transaction > first.transaction ? second : first);
}

function readMeta(path: string, at: number): Meta | undefined {
  const page = Buffer.alloc(256);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, page, 0, page.length, at) < page.length) return undefined;
  } finally {
    closeSync(file);
  }
  if (page.readUInt32LE(PAGE_HEAD) !== META_MAGIC) return undefined;
  const pageSize = page.readUInt32LE(PAGE_HEAD + 24);
  if (pageSize < 256 || pageSize > LARGEST_PAGE) return undefined;
  return {
    pageSize,
    lastPage: page.readBigUInt64LE(PAGE_HEAD + 120),
    transaction: page.readBigUInt64LE(PAGE_HEAD + 128),
  };
}

/**
 * lmdb may leave its last pages unwritten when they were taken and freed in one transaction, so a short file is not
 * always a damaged one. A copy, padded to full length, tells the two apart: a page of nothing but zeros is refused by lmdb.
 */
async function readsWhenPadded(dir: string, whole: number, readAll: ReadAll): Promise<boolean> {
  const trial = mkdtempSync(join(dir, 'check-'));
  try {
    const copy = join(trial, DATA_FILE);
    copyFileSync(join(dir, DATA_FILE), copy);
    truncateSync(copy, whole);
    return await readAll(trial);
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}
