import { readFileSync, readlinkSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { StoreError, systemCode } from './errors.ts';

/**
 * One process per store. lmdb itself lets a second process in, and the store's owners keep things in memory,
 * so a file names the process that holds it. A holder that is gone is succeeded at once.
 */
interface Holder {
  pid: number;
  /** Clock ticks from boot to the start of the process: tells a reused process id apart. */
  startedTicks?: string;
  boot?: string;
  /** Where the process id means something: a container has numbers of its own. */
  namespace?: string;
  /** When the lock was taken, in milliseconds since 1970: all there is to go by without `/proc`. */
  takenAtMs: number;
}

/** How often a holder shows that it lives, to those who cannot see it: see {@link touchLock}. */
export const TOUCH_EVERY_MS = 5_000;
/** Three of those. */
const SILENT_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Throws `store_in_use` if another living process (or another copy of this code in ours) holds the lock. */
export function refuseIfHeld(path: string, dir: string): void {
  const holder = readHolder(path);
  if (holder && isAlive(holder, path)) throw inUse(holder, dir);
}

/**
 * The same, with patience for a holder in another container: whether it lives shows only in time, and after a container
 * was killed its successor must not have to be started twice.
 */
export async function refuseUnlessLeft(path: string, dir: string): Promise<void> {
  const seenAtMs = touchedAtMs(path);
  for (;;) {
    const holder = readHolder(path);
    if (!holder || !isAlive(holder, path)) return;
    if (!isElsewhere(holder) || touchedAtMs(path) !== seenAtMs) throw inUse(holder, dir);
    await setTimeout(LOOK_EVERY_MS);
  }
}

function inUse({ pid }: Holder, dir: string): StoreError {
  return new StoreError('store_in_use', `${dir} is in use by process ${pid}`, { values: { path: dir, pid } });
}

/** Shows that the holder lives. Silent: a lock that was taken away is noticed by nobody here, and harms nobody either. */
export function touchLock(path: string): void {
  try {
    const now = new Date();
    if (isMine(readHolder(path))) utimesSync(path, now, now);
  } catch {
    // A full or read-only disk shows itself with the next write.
  }
}

/** Takes the lock over from nobody or from a process that is gone. Two processes must not do this at the same time. */
export function takeLock(path: string, dir: string): void {
  refuseIfHeld(path, dir);
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self()), { mode: 0o600 });
  renameSync(mine, path);
}

/** Removes the lock if it is ours. Synchronous and silent, since it also runs while the process exits. */
export function dropLock(path: string): void {
  try {
    if (isMine(readHolder(path))) unlinkSync(path);
  } catch {
    // The next start sees that this process is gone and takes over.
  }
}

function self(): Holder {
  const startedTicks = livingStart(process.pid);
  const boot = bootId();
  const namespace = pidNamespace();
  return {
    pid: process.pid,
    takenAtMs: Date.now(),
    ...(startedTicks && { startedTicks }),
    ...(boot && { boot }),
    ...(namespace && { namespace }),
  };
}

function isMine(holder: Holder | undefined): boolean {
  return holder?.pid === process.pid && !isElsewhere(holder);
}

/** Its process id says nothing here. */
function isElsewhere({ namespace }: Holder): boolean {
  const here = pidNamespace();
  return namespace !== undefined && here !== undefined && namespace !== here;
}

function touchedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('takenAtMs' in value)) return false;
  return Number.isSafeInteger(value.pid) && Number(value.pid) > 0 && typeof value.takenAtMs === 'number';
}

function isAlive(holder: Holder, path: string): boolean {
  const boot = bootId();
  if (holder.boot && boot && holder.boot !== boot) return false;
  if (isElsewhere(holder)) return Date.now() - touchedAtMs(path) < SILENT_AFTER_MS;
  if (holder.startedTicks && livingStart(process.pid)) return livingStart(holder.pid) === holder.startedTicks;
  const bootedAtMs = Date.now() - uptime() * 1000;
  const clockDoubtMs = 5_000;
  return holder.takenAtMs > bootedAtMs - clockDoubtMs && answersSignals(holder.pid);
}

/** Field 22 of `/proc/<pid>/stat`; none for a process that is gone or only waits to be collected. */
function livingStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may itself hold blanks and brackets.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Linux: `pid:[4026531836]`. */
function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
