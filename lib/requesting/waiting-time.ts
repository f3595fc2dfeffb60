import type { RptOutcome } from '../servers/authorization-server.ts';
import type { Waiting } from './held-rpt.ts';
import { type NotAllowed, notAllowed } from './outcome.ts';

/**
 * How long a "not yet" or "no" stands before the server is asked again: its own interval, or 5 s growing to 60 s while
 * the owner is asked (G 3.3.6), and a moment after any other no, so that a busy flow is not a flood there.
 */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1000;
/** Tickets live about so long; a longer interval would outlast what it is for. */
const LONGEST_INTERVAL_MS = 600_000;
const AFTER_NO_MS = 2000;

type NotGranted = Exclude<RptOutcome, { kind: 'granted' }>;

/** @param before - what was known until now, whose tries count on */
export function waitingFor(outcome: NotGranted, device: string, nowMs: number, before: Waiting | undefined): Waiting {
  const tries = before?.answer.outcome === 'pending' ? before.tries + 1 : 0;
  const pauseMs = outcome.kind === 'pending' ? pendingPauseMs(outcome.retryAfterMs, tries) : AFTER_NO_MS;
  const untilMs = nowMs + pauseMs;
  const answer = answerFor(outcome, Math.ceil(untilMs / 1000));
  return { state: 'waiting', device, tries, untilMs, answer, ...ticketOf(outcome) };
}

/** Granted, but not what the message needs (G 3.3.4): no better than a no. */
export function waitingAfterPartialGrant(device: string, nowMs: number, missing: readonly string[]): Waiting {
  const hint = { key: 'hint.partly_granted', values: { scopes: missing.join(', ') } };
  const answer = notAllowed('denied', 'insufficient_scope', { hint });
  return { state: 'waiting', device, tries: 0, untilMs: nowMs + AFTER_NO_MS, answer };
}

function pendingPauseMs(intervalMs: number | undefined, tries: number): number {
  if (intervalMs === undefined) return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
  return Math.min(Math.max(intervalMs, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS);
}

function answerFor(outcome: NotGranted, retryAt: number): NotAllowed {
  switch (outcome.kind) {
    case 'pending':
      return notAllowed('pending', 'request_submitted', { retryAt });
    case 'needs-info':
      return notAllowed('needs-info', 'need_info', outcome.redirectUser ? { redirectUser: outcome.redirectUser } : {});
    case 'denied':
      return notAllowed('denied', 'request_denied');
  }
}

function ticketOf(outcome: NotGranted): { ticket?: string } {
  return 'ticket' in outcome && outcome.ticket !== undefined ? { ticket: outcome.ticket } : {};
}
