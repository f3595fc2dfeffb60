/**
 * Whether the disk takes anything more. lmdb must not be the one to find out: its lock file is mapped into memory, where
 * a page without room ends the whole process (SIGBUS, SIGSEGV), and a commit that cannot write its pages may leave its
 * memory in disorder (seen as `free(): invalid pointer` at one of the next). Either ends all else that Node-RED does.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { notWritable } from './errors.ts';

/**
 * More than a new store takes, and than most transactions add; each commit waits far longer for the disk. What adds more
 * (a device ends with hundreds of shares) may still meet the full disk within lmdb.
 */
const ROOM = Buffer.alloc(64 * 1024, 1);

export interface Room {
  /** @throws StoreError `store_not_writable` */
  check(): void;
  close(): void;
}

/**
 * Opens an empty file in `dir` into which as much is written, and cut off again, as is about to be needed: it never
 * reaches the disk, but a full one, a quota and a read-only mount say no to it.
 * @throws StoreError `store_not_writable`
 */
export function openRoom(dir: string): Room {
  const file = attempt(dir, () => openSync(join(dir, 'room'), 'w', 0o600));
  return {
    check: () =>
      attempt(dir, () => {
        try {
          for (let at = 0; at < ROOM.length; ) at += writeSync(file, ROOM, at, ROOM.length - at, at);
        } finally {
          ftruncateSync(file, 0);
        }
      }),
    close: () => closeSync(file),
  };
}

function attempt<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw notWritable(dir, error);
  }
}
