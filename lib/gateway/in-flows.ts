import type { ServerChange } from '../servers/authorization-server.ts';
import type { InFlows } from '../servers/reports.ts';
import { createBackoff, type Sleep } from '../servers/waiting.ts';

/** Lets the server know what of this gateway's is in a flow, so that its owner's pages can say what no longer is. */
export interface InFlowTelling {
  /** Every node of the flows is there. @returns call it before they change: what is half there is not told */
  run(): () => void;
  /** What the server tells. */
  changed(change: ServerChange): void;
  close(): Promise<void>;
}

export interface InFlowPorts {
  /** What is in a flow, as far as the server knows it by an id. */
  there(): InFlows;
  tell(there: InFlows, signal: AbortSignal): Promise<void>;
  /** Resolves when this gateway is in. */
  ready(signal: AbortSignal): Promise<void>;
  sleep: Sleep;
  random?(): number;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 300_000;

/**
 * One at a time, and always the newest: deploys in a row become one. What the server has heard is told again only after a
 * deploy, or where it may have lost it.
 */
export function createInFlowTelling({ there, tell, ready, sleep, random }: InFlowPorts): InFlowTelling {
  const closing = new AbortController();
  const { signal } = closing;
  let running = 0;
  let told: string | undefined;
  let underWay: Promise<void> | undefined;

  async function tellNewest(): Promise<boolean> {
    const newest = there();
    const said = JSON.stringify(newest);
    if (said === told) return true;
    await tell(newest, signal);
    told = said;
    return false;
  }

  async function tellAll(): Promise<void> {
    const pauses = createBackoff({ firstMs: FIRST_RETRY_MS, mostMs: LONGEST_RETRY_MS, ...(random && { random }) });
    while (running > 0 && !signal.aborted) {
      try {
        await ready(signal);
        if (running === 0 || (await tellNewest())) return;
      } catch {
        // A nicety: nobody is told that it cannot be told.
        await sleep(pauses.nextMs(), signal).catch(() => {});
      }
    }
  }

  function look(): void {
    if (running === 0 || signal.aborted) return;
    underWay ??= tellAll().finally(() => {
      underWay = undefined;
    });
  }

  return {
    run() {
      running += 1;
      told = undefined;
      look();
      let over = false;
      return () => {
        if (!over) running -= 1;
        over = true;
      };
    },
    changed({ type }) {
      if (type === 'gap') told = undefined;
      // A device may have been registered meanwhile.
      if (type === 'gap' || type === 'alive') look();
    },
    async close() {
      closing.abort();
      await underWay;
    },
  };
}
