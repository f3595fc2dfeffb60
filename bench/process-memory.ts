import { readFileSync } from 'node:fs';

/** What the system says of a process's memory, in megabytes (10^6 bytes). */
export interface ProcessMemory {
  /** All that is in memory for it, files that it has mapped included. */
  residentMb: number;
  /** Without the files, which the system can drop at any moment. */
  ownMb: number;
}

/** Linux only. */
export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { residentMb: mb('VmRSS'), ownMb: mb('RssAnon') };
}
