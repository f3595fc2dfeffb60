import type { EndOrder } from '../servers/authorization-server.ts';
import type { Timers } from './timers.ts';

/** What the server has still to be told, and whose receipts wait for it. */
export interface OutboxEntry {
  order: EndOrder;
  receipts: string[];
}

export interface LaneOptions {
  /** Rejects if the server has not confirmed, or that could not be kept. */
  deliver(entry: OutboxEntry, signal: AbortSignal): Promise<void>;
  timers: Timers;
  random(): number;
  /** Nothing is left to send. */
  empty(): void;
}

interface Job {
  entry: OutboxEntry;
  ready: Promise<unknown>;
  /** Those who wait for it, oldest first. */
  callers: ((confirmed: boolean) => void)[];
}

/** So many calls for one target hear of a confirmation; earlier ones are told that they will not. */
export const CALLS_PER_ORDER = 100;

const ATTEMPT_MS = 30_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;

/** The orders for one target: one at a time, oldest first, each until the server has confirmed it. */
export class Lane {
  readonly #options: LaneOptions;
  #waiting: Job[] = [];
  #running: { job: Job; abort: AbortController; ended: Promise<void> } | undefined;
  #failures = 0;
  #callOff = () => {};
  #closed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** What could still be replaced by a newer order: it is not on its way. */
  waiting(): OutboxEntry[] {
    return this.#waiting.map((job) => job.entry);
  }

  all(): OutboxEntry[] {
    return [...(this.#running ? [this.#running.job.entry] : []), ...this.waiting()];
  }

  /** Replaces what waits, and goes now, or right after the one on its way. */
  send(entry: OutboxEntry, ready: Promise<unknown>): Promise<boolean> {
    const callers = this.#waiting.flatMap((job) => job.callers);
    for (const tell of callers.splice(0, callers.length + 1 - CALLS_PER_ORDER)) tell(false);
    const sent = new Promise<boolean>((resolve) => {
      this.#waiting = [{ entry, ready, callers: [...callers, resolve] }];
    });
    this.#next();
    return sent;
  }

  /** Puts back what an earlier run left, without sending it yet. */
  restore(entry: OutboxEntry): void {
    this.#waiting.push({ entry, ready: Promise.resolve(), callers: [] });
  }

  /** Tries `inMs` from now, however long the wait would have been. */
  kick(inMs: number): void {
    this.#failures = 0;
    if (!this.#running) this.#nextAfter(inMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#callOff();
    this.#running?.abort.abort();
    await this.#running?.ended;
    for (const job of this.#waiting) tellAll(job, false);
  }

  #nextAfter(ms: number): void {
    this.#callOff();
    this.#callOff = this.#options.timers.after(ms, () => this.#next());
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    this.#callOff();
    const job = this.#waiting.shift();
    if (!job) {
      this.#options.empty();
      return;
    }
    const abort = new AbortController();
    this.#running = { job, abort, ended: this.#attempt(job, abort) };
  }

  async #attempt(job: Job, abort: AbortController): Promise<void> {
    const confirmed = await this.#delivered(job, abort);
    this.#running = undefined;
    if (confirmed) {
      this.#failures = 0;
      tellAll(job, true);
      return this.#next();
    }
    this.#waiting.unshift(job);
    this.#failures += 1;
    if (!this.#closed) this.#nextAfter(this.#delayMs());
  }

  async #delivered({ entry, ready }: Job, abort: AbortController): Promise<boolean> {
    await ready.catch(() => {});
    const { deliver, timers } = this.#options;
    const callOff = timers.after(ATTEMPT_MS, () => abort.abort());
    try {
      await Promise.race([deliver(entry, abort.signal), aborted(abort.signal)]);
      return true;
    } catch {
      // Whatever the reason, the order stays: only the server's word ends it.
      return false;
    } finally {
      callOff();
    }
  }

  #delayMs(): number {
    const full = Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), LONGEST_DELAY_MS);
    return full * (0.5 + this.#options.random() / 2);
  }
}

function tellAll({ callers }: Job, confirmed: boolean): void {
  for (const tell of callers) tell(confirmed);
}

/** Rejects when the signal does: not everybody who is given one listens to it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
