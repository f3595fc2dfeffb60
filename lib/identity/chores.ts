import { DeviceError } from './device-error.ts';

/** Work nobody waits for: its failures are in the log once, and it ends with the registry. */
export interface Chores {
  run(name: string, work: () => Promise<unknown>): void;
  /** @throws DeviceError `registry_closed` */
  mustBeOpen(name: string): void;
  close(): Promise<void>;
}

/** The server's own standing says so, once for all devices. */
const ALREADY_TOLD = 'not_joined';

export function createChores(log: (line: string) => void): Chores {
  const underWay = new Set<Promise<void>>();
  const complaints = new Map<string, string>();
  let closed = false;

  async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      complaints.delete(name);
    } catch (error) {
      const why = nameOf(error);
      if (!closed && why !== ALREADY_TOLD && complaints.get(name) !== why)
        log(`device ${name}: ${why}, trying again when the server answers`);
      complaints.set(name, why);
    }
  }

  return {
    run(name, work) {
      if (closed) return;
      const chore = attempt(name, work).finally(() => underWay.delete(chore));
      underWay.add(chore);
    },
    mustBeOpen(name) {
      if (closed) throw new DeviceError('registry_closed', name);
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}

/** An error's stable code: messages of others may quote what they were given. */
function nameOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'failed';
}
