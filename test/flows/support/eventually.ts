import { setTimeout } from 'node:timers/promises';

const patienceMs = 20_000;

/** Looks until it is so: for what another process does in its own time, and tells nobody of. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const from = performance.now(); performance.now() - from < patienceMs; await setTimeout(25)) {
    if (await isSo()) return;
  }
  throw new Error(`in vain: ${what}`);
}
