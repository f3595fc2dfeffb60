import type { Timers } from '../revocation/timers.ts';
import type { RefusalReport } from '../servers/reports.ts';
import { createBackoff } from '../servers/waiting.ts';
import { createRefusalSummary, type RefusalKind } from './refusal-summary.ts';

/** Lets the owner know what was refused here, and why: summed up, each kind at most once a minute, and never in anybody's way. */
export interface RefusalTelling {
  /** Returns at once and throws nothing: a decision must not wait for it. */
  note(kind: RefusalKind): void;
  close(): Promise<void>;
}

export interface RefusalTellingPorts {
  tell(report: RefusalReport, signal: AbortSignal): Promise<void>;
  /** Resolves when this gateway is in. */
  ready(signal: AbortSignal): Promise<void>;
  timers: Timers;
  nowMs(): number;
  random?(): number;
}

/** However many kinds there are. */
const PAUSE_MS = 5_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;

export function createRefusalTelling(ports: RefusalTellingPorts): RefusalTelling {
  const { tell, ready, timers, nowMs, random } = ports;
  const summary = createRefusalSummary();
  const pauses = createBackoff({ firstMs: FIRST_RETRY_MS, mostMs: LONGEST_RETRY_MS, ...(random && { random }) });
  const closing = new AbortController();
  let notBeforeMs = 0;
  let callOff = () => {};
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function send(report: RefusalReport): Promise<void> {
    notBeforeMs = nowMs() + PAUSE_MS;
    try {
      await ready(closing.signal);
      await tell(report, closing.signal);
      pauses.reset();
      notBeforeMs = nowMs() + PAUSE_MS;
    } catch {
      summary.giveBack(report, nowMs());
      notBeforeMs = nowMs() + pauses.nextMs();
    } finally {
      // Whatever failed here: it must not be the last that is told.
      underWay = undefined;
      plan();
    }
  }

  function begin(): void {
    wakesAtMs = Number.POSITIVE_INFINITY;
    const report = summary.take(nowMs());
    if (report === undefined) plan();
    else underWay = send(report).catch(() => {});
  }

  function plan(): void {
    callOff();
    wakesAtMs = Number.POSITIVE_INFINITY;
    const dueMs = summary.dueMs();
    if (underWay || closing.signal.aborted || dueMs === undefined) return;
    wakesAtMs = Math.max(dueMs, notBeforeMs);
    // A clock that was set back must not keep it asleep; and a timer of more than 24 days would fire at once, without end.
    callOff = timers.after(Math.min(Math.max(0, wakesAtMs - nowMs()), LONGEST_RETRY_MS), begin);
  }

  return {
    note(kind) {
      const dueMs = summary.note(kind, nowMs());
      // A flood of many kinds must not plan anew at each message.
      if (dueMs !== undefined && Math.max(dueMs, notBeforeMs) < wakesAtMs && !underWay) plan();
    },
    async close() {
      closing.abort();
      callOff();
      await underWay;
    },
  };
}
