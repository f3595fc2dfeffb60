/**
 * A disk that takes no more, without any right to fill or mount one: the system refuses a process every write beyond a
 * file's given size (RLIMIT_FSIZE, `EFBIG`), where a full disk would refuse it (`ENOSPC`). Node ignores the signal.
 */
import { execFileSync, spawnSync } from 'node:child_process';

/** Below what a store holds after its first transaction: everything that exists can be read, and nothing be added. */
export const fullAtBytes = 8192;

/** Why there can be no such test here; undefined where there can. */
export function whyNoLimits(): string | undefined {
  const { error, status } = spawnSync('prlimit', ['--version']);
  return error || status !== 0 ? 'there is no `prlimit` (util-linux) on this computer' : undefined;
}

/** From now on the process cannot write beyond so many bytes into any file; without bytes it can again. */
export function limitFileSize(pid: number, bytes?: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`]);
}

/** A program's command line, its files limited from the start. */
export const limited = (bytes: number, command: readonly string[]): string[] => [
  ...['prlimit', `--fsize=${bytes}:`],
  ...command,
];

/**
 * A command line in whose eyes there is a real disk of so many kilobytes at `dir`, or a read-only one over what is
 * there: in a mount namespace of its own, which many systems give to any user.
 */
export function withDisk(dir: string, disk: { kilobytes: number } | 'read-only', command: readonly string[]): string[] {
  const mount =
    disk === 'read-only'
      ? 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
      : `mount -t tmpfs -o size=${disk.kilobytes}k none "$1"`;
  return [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    `${mount} && shift && exec "$@"`,
    'sh',
    dir,
    ...command,
  ];
}

export function whyNoDisks(dir: string): string | undefined {
  const [program = '', ...args] = withDisk(dir, 'read-only', ['true']);
  const { error, status } = spawnSync(program, args);
  return error || status !== 0 ? 'this system lets this user mount nothing (user namespaces)' : undefined;
}
