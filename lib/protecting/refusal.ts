import { formatChallenge } from '../uma/challenge.ts';
import type { Hint } from '../uma/errors.ts';
import type { Permission } from '../uma/permission.ts';
import { formatUmaChallenge, SERVER_UNREACHABLE_WARNING } from '../uma/uma-challenge.ts';
import { type Answer, answerFor, isProved, type RefusedReason } from './answer-table.ts';
import { type Timers, withinMs } from './deadline.ts';
import type { TicketLimiter } from './ticket-limiter.ts';

/** What `http response` needs to refuse. */
export interface Refusal {
  statusCode: number;
  headers: Record<string, string>;
  payload: { error: string; error_description: string; hint: string };
}

/** A decision that said no, as far as its answer depends on it. */
export interface Refused {
  reason: RefusedReason;
  /** For `use_dpop_nonce`. */
  nonce?: string;
  /** How much of the time for the whole answer the decision has already used. */
  tookMs: number;
}

export interface RefusalPorts {
  requestTicket(permissions: Permission[], signal: AbortSignal): Promise<{ ticket: string; asUri: string }>;
  /** Told when a ticket could not be had, so that a resource which the server has lost is registered again. */
  ticketFailed?(error: unknown, permissions: Permission[]): void;
  limiter: TicketLimiter;
  realm: string;
  /** What proofs may be signed with (`algs`, RFC 9449 7.1). */
  algorithms: readonly string[];
  /** Makes a sentence of a key, in the language of this home. */
  say(text: Hint): string;
  /** Makes an English one: `error_description` is ASCII (RFC 6749 5.2), and for whoever wrote the sender's program. */
  describe(text: Hint): string;
  timers?: Timers;
}

/** The whole answer, decision included, is to be there within 3 s; this leaves a margin. */
const ANSWER_WITHIN_MS = 2500;
/** Even a slow decision leaves a server on the same machine the time to answer. */
const TICKET_AT_LEAST_MS = 250;

/**
 * Turns "no" into an HTTP answer: status, challenge, and plain words that tell a stranger nothing of this home.
 * Never rejects, and answers within 3 s of the message even if the authorization server hangs.
 *
 * @param permissions - what the message would have needed: what the ticket is asked for (F 4.1)
 * @param source - who sent it, for the limits on tickets
 */
export type Refuse = (refused: Refused, permissions: Permission[], source: string) => Promise<Refusal>;

export function createRefuse(ports: RefusalPorts): Refuse {
  return async (refused, permissions, source) => {
    const answer = answerFor(refused.reason);
    if (answer.challenge !== 'uma') return refusal(ports, answer, refused.reason, plainHeaders(ports, answer, refused));
    const challenge = await umaChallenge(ports, refused, permissions, source);
    if (challenge === undefined)
      return refusal(ports, { statusCode: 403, warning: true }, refused.reason, {}, 'no_ticket');
    return refusal(ports, answer, refused.reason, { 'WWW-Authenticate': challenge });
  };
}

/** @returns undefined where no ticket is to be had: too many were asked for, or the server does not give one in time */
async function umaChallenge(
  ports: RefusalPorts,
  { reason, tookMs }: Refused,
  permissions: Permission[],
  source: string,
): Promise<string | undefined> {
  if (!ports.limiter.take(source, isProved(reason))) return undefined;
  const leftMs = Math.max(TICKET_AT_LEAST_MS, ANSWER_WITHIN_MS - tookMs);
  try {
    const ask = (signal: AbortSignal) => ports.requestTicket(permissions, signal);
    const { ticket, asUri } = await withinMs(leftMs, ask, ports.timers);
    return formatUmaChallenge({ realm: ports.realm, asUri, ticket });
  } catch (error) {
    ports.ticketFailed?.(error, permissions);
    return undefined;
  }
}

function plainHeaders(ports: RefusalPorts, { challenge }: Answer, { nonce }: Refused): Record<string, string> {
  if (challenge === undefined) return {};
  const algs = ports.algorithms.join(' ');
  return {
    'WWW-Authenticate': formatChallenge('DPoP', { error: challenge, algs }),
    ...(challenge === 'use_dpop_nonce' && nonce !== undefined ? { 'DPoP-Nonce': nonce } : {}),
  };
}

function refusal(
  ports: RefusalPorts,
  { statusCode, warning, retryAfterSeconds }: Answer,
  reason: RefusedReason,
  headers: Record<string, string> = {},
  hint: string = reason,
): Refusal {
  return {
    statusCode,
    headers: {
      'Cache-Control': 'no-store',
      ...headers,
      ...(warning ? { Warning: SERVER_UNREACHABLE_WARNING } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    },
    payload: {
      error: reason,
      error_description: ports.describe({ key: `reason.${reason}` }),
      hint: ports.say({ key: `hint.${hint}`, values: { code: reason } }),
    },
  };
}
