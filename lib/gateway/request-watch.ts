import type { OwnerRole, ServerChange } from '../servers/authorization-server.ts';
import type { ShareRequest } from '../sharing/share.ts';

/** New requests of devices, for flows that tell the owner. */
export interface RequestWatch {
  /** Hears of each request once. @returns ends it */
  watch(listener: (request: ShareRequest) => void): () => void;
  /** What the server tells. Never waits: a change is acknowledged whether or not a request can be read just now. */
  changed(change: ServerChange): void;
  close(): void;
}

export interface RequestWatchPorts {
  /** Rejects where no owner lets this gateway read. */
  owner(): Promise<Pick<OwnerRole, 'requests'>>;
  log(line: string): void;
}

/** More than an owner has open at once; older ones are found in the list. */
const MOST_WAITING = 1000;

export function createRequestWatch({ owner, log }: RequestWatchPorts): RequestWatch {
  const listeners = new Set<(request: ShareRequest) => void>();
  /** Told of by the server, and not read yet. */
  const waiting = new Set<string>();
  let reading = false;
  let complained = false;

  async function read(): Promise<void> {
    const asked = [...waiting];
    const open = await (await owner()).requests();
    for (const id of asked) {
      // One that is not there any more has been answered.
      const request = open.find((one) => one.id === id);
      if (waiting.delete(id) && request) for (const listener of [...listeners]) listener(request);
    }
  }

  async function readAll(): Promise<void> {
    reading = true;
    try {
      while (waiting.size > 0) await read();
      complained = false;
    } catch {
      // Again with the next sign of life.
      if (!complained) log('new requests cannot be read; tried again while the server answers');
      complained = true;
    }
    reading = false;
  }

  function look(): void {
    if (!reading && waiting.size > 0) void readAll();
  }

  return {
    watch(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) waiting.clear();
      };
    },
    changed(change) {
      if (listeners.size === 0) return;
      if (change.type === 'request-made' && waiting.size < MOST_WAITING) waiting.add(change.request);
      if (change.type === 'request-made' || change.type === 'alive') look();
    },
    close() {
      listeners.clear();
      waiting.clear();
    },
  };
}
