import type { UmaClient } from './client.ts';
import { InvalidArgumentError, InvalidRefreshTokenError } from './errors.ts';
import type { Http } from './exchange.ts';
import { type RptGranted, type RptOutcome, readGranted, readRptOutcome } from './rpt-outcome.ts';
import { answerOf } from './server-answer.ts';
import { askTokenEndpoint } from './token-request.ts';
import { refusalOf } from './token-response.ts';

const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/** What a client sends to get an RPT (UMA Grant 3.3.1). */
export interface RptRequest {
  /** The newest ticket of this authorization process; each works once. */
  ticket: string;
  /** Scopes beside the ticket's; the client must be registered for them. */
  scopes?: string[];
  /** A claim and the name of its format, which the specification has appear together. */
  claimToken?: { token: string; format: string };
  /** Only of the same requesting party. */
  pct?: string;
  /** An RPT whose permissions the new one shall contain too. */
  rpt?: string;
  /** Parameters of the server's own making. */
  extra?: Record<string, string>;
}

/**
 * Asks for an RPT (UMA Grant 3.3.1). Whatever the server may decide is an outcome: granted, wait, tell more, no.
 *
 * @throws {@link InvalidTicketError} for a ticket that is unknown, used up or expired
 * @throws {@link InvalidScopeError}, {@link ClientRefusedError}, {@link ProofRefusedError}, {@link RefusedError}
 * @throws {@link InvalidResponseError} for an answer the specification does not know, and for a ticket that did not
 *   rotate (UMA Grant 5.5)
 * @throws {@link UnreachableError} where there is no answer
 */
export async function requestRpt(client: UmaClient, request: RptRequest, http: Http): Promise<RptOutcome> {
  if (request.ticket === '') throw new InvalidArgumentError('a permission ticket is needed');
  return readRptOutcome(await askTokenEndpoint(client, UMA_TICKET, toParameters(request), http), request.ticket);
}

function toParameters({ ticket, scopes = [], claimToken, pct, rpt, extra }: RptRequest): Record<string, string> {
  return {
    ...extra,
    ticket,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(claimToken && { claim_token: claimToken.token, claim_token_format: claimToken.format }),
    ...(pct !== undefined && { pct }),
    ...(rpt !== undefined && { rpt }),
  };
}

/**
 * Exchanges a refresh token for a new RPT (UMA Grant 3.6). The server does not look at the policy again: only a server
 * that withdraws refresh tokens with their policy may be asked this way.
 *
 * @throws {@link InvalidRefreshTokenError} where it is unknown, withdrawn or expired; the others as {@link requestRpt}
 */
export async function refreshRpt(client: UmaClient, refreshToken: string, http: Http): Promise<RptGranted> {
  const answer = await askTokenEndpoint(client, 'refresh_token', { refresh_token: refreshToken }, http);
  if (answer.status === 200) return readGranted(answer);
  const response = answerOf(answer);
  throw response.error === 'invalid_grant' ? new InvalidRefreshTokenError(response) : refusalOf(answer);
}
