/** The old keys of devices end on time: also those whose time came while the server was down. */
import { faultWords } from './http/fault-words.ts';
import type { Model } from './model/model.ts';

export interface OverlapEnds {
  /** Call it whenever there may be something new to wait for. */
  plan(): void;
  close(): void;
}

/** A clock may be set meanwhile: it is looked at again after this time. */
const LONGEST_WAIT_MS = 30_000;
const AGAIN_MS = 1_000;

export function createOverlapEnds({
  model,
  nowMs,
  log,
}: {
  model: Pick<Model, 'devices' | 'transaction'>;
  nowMs(): number;
  log(line: string): void;
}): OverlapEnds {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function waitFor(ms: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(end, Math.min(Math.max(ms, 0), LONGEST_WAIT_MS)).unref();
  }

  function plan(): void {
    const next = model.devices.nextOverlapEnd();
    if (next !== undefined) waitFor(next * 1000 - nowMs());
  }

  function end(): void {
    model.transaction(model.devices.endOverlaps).then(plan, (fault: unknown) => {
      log(`Old keys of devices could not be ended: ${faultWords(fault)}`);
      waitFor(AGAIN_MS);
    });
  }

  plan();
  return {
    plan,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
