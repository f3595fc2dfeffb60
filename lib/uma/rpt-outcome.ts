import { InvalidResponseError, InvalidTicketError } from './errors.ts';
import type { Answer } from './exchange.ts';
import { permissionsOfGrant } from './granted-permissions.ts';
import { isCredential, isText, type JsonObject } from './json-body.ts';
import type { Permission } from './permission.ts';
import { type RequiredClaim, readRequiredClaims } from './required-claim.ts';
import { answerOf } from './server-answer.ts';
import { bodyOf, invalid, readIssuedToken, readSeconds, refusalOf } from './token-response.ts';
import { MAX_WAIT_MS } from './unreachable.ts';

/** An RPT (UMA Grant 3.3.5). */
export interface RptGranted {
  kind: 'granted';
  rpt: string;
  tokenType: 'DPoP' | 'Bearer';
  /** From the moment of the answer; absent where the server does not say. */
  expiresInSeconds?: number;
  refreshToken?: string;
  /** Stands for the claims of this requesting party in later requests. */
  pct?: string;
  /** Whether it contains the permissions of the RPT that was sent along, which is then to be discarded. */
  upgraded: boolean;
  /** Where they are told; fewer than asked for is a success too, see `compareGrant`. */
  permissions?: Permission[];
}

/** Every answer of UMA Grant 3.3.5 and 3.3.6 that is a decision. */
export type RptOutcome =
  | RptGranted
  /** `request_submitted`: the owner is asked. Poll with the new ticket; without one, begin anew without a token. */
  | { kind: 'pending'; ticket?: string; retryAfterMs?: number }
  /** `need_info`: claims to push with the new ticket, or a page of the server for the requesting party, or both. */
  | { kind: 'needs-info'; ticket: string; requiredClaims: RequiredClaim[]; redirectUser?: string }
  /** `request_denied`, or whatever the server calls it. */
  | { kind: 'denied'; error: string };

/**
 * Reads the token endpoint's answer to `sentTicket`. More tolerant than the specification where real servers are: a 403
 * with a ticket and hints is `need_info` even without an `error`, and any other 403 is a denial.
 */
export function readRptOutcome(answer: Answer, sentTicket: string): RptOutcome {
  if (answer.status === 200) return readGranted(answer);
  const response = answerOf(answer);
  switch (response.error) {
    case 'invalid_grant':
    // UMA 1.0's names, which some servers kept.
    case 'invalid_ticket':
    case 'expired_ticket':
      throw new InvalidTicketError(response);
    case 'request_submitted':
      return readPending(answer, sentTicket);
    case 'request_denied':
      return { kind: 'denied', error: response.error };
    case 'access_denied':
      if (response.description === 'request_submitted') return readPending(answer, sentTicket);
  }
  if (answer.status !== 403) throw refusalOf(answer);
  return readNeedsInfo(answer, sentTicket) ?? { kind: 'denied', error: response.error ?? 'access_denied' };
}

/** Reads a 200 answer (UMA Grant 3.3.5). A top-level `scope` says nothing of an RPT, and is passed over. */
export function readGranted(answer: Answer): RptGranted {
  const { token, ...issued } = readIssuedToken(answer);
  const body = bodyOf(answer);
  if (body.pct !== undefined && !isCredential(body.pct)) throw invalid(answer, 'pct');
  const permissions = permissionsOfGrant(token, body);
  return {
    kind: 'granted',
    rpt: token,
    ...issued,
    upgraded: body.upgraded === true,
    ...(body.pct !== undefined && { pct: body.pct }),
    ...(permissions && { permissions }),
  };
}

function readPending(answer: Answer, sentTicket: string): RptOutcome {
  const body = bodyOf(answer);
  const ticket = body.ticket === undefined ? undefined : readTicket(answer, sentTicket);
  const interval = readSeconds(body.interval);
  return {
    kind: 'pending',
    ...(ticket !== undefined && { ticket }),
    ...(interval !== undefined && { retryAfterMs: Math.min(interval * 1000, MAX_WAIT_MS) }),
  };
}

function readNeedsInfo(answer: Answer, sentTicket: string): RptOutcome | undefined {
  const body = bodyOf(answer);
  const { ticket, required_claims, redirect_user } = body;
  if (ticket === undefined || (required_claims === undefined && redirect_user === undefined)) return undefined;
  const requiredClaims = readRequiredClaims(required_claims ?? []);
  if (!requiredClaims) throw invalid(answer, 'required_claims');
  return {
    kind: 'needs-info',
    ticket: readTicket(answer, sentTicket),
    requiredClaims,
    ...(redirect_user !== undefined && { redirectUser: readRedirect(answer, body) }),
  };
}

/** A ticket that did not rotate would let a thief continue somebody else's process (UMA Grant 5.5). */
function readTicket(answer: Answer, sentTicket: string): string {
  const { ticket } = bodyOf(answer);
  if (!isCredential(ticket)) throw invalid(answer, 'ticket');
  if (ticket !== sentTicket) return ticket;
  throw new InvalidResponseError('the permission ticket did not change', { response: answerOf(answer) });
}

/** A person will be sent there, so it must be a page: no `javascript:` and the like. */
function readRedirect(answer: Answer, { redirect_user }: JsonObject): string {
  if (isText(redirect_user) && URL.canParse(redirect_user) && /^https?:$/.test(new URL(redirect_user).protocol)) {
    return redirect_user;
  }
  throw invalid(answer, 'redirect_user');
}
