import type { UmaError } from './errors.ts';
import {
  ClientRefusedError,
  InvalidResponseError,
  InvalidScopeError,
  ProofRefusedError,
  RefusedError,
} from './errors.ts';
import type { Answer } from './exchange.ts';
import { isCredential, isJsonObject, type JsonObject } from './json-body.ts';
import { answerOf } from './server-answer.ts';

/** A thousand years: beyond that it is a mistake, and would overflow dates and timers. */
const MAX_SECONDS = 1000 * 366 * 24 * 60 * 60;

/** A token as the token endpoint gives it (RFC 6749 5.1). */
export interface IssuedToken {
  token: string;
  /** What the server says; `DPoP` means bound to the key of the request's proof (RFC 9449 5). */
  tokenType: 'DPoP' | 'Bearer';
  /** From the moment of the answer. */
  expiresInSeconds?: number;
  refreshToken?: string;
}

/**
 * Reads the token of a 200 answer (RFC 6749 5.1); unknown members are passed over.
 *
 * @throws {@link InvalidResponseError} where one is missing or not what it should be
 */
export function readIssuedToken(answer: Answer): IssuedToken {
  const body = bodyOf(answer);
  const { access_token: token, refresh_token: refreshToken } = body;
  const expiresInSeconds = readSeconds(body.expires_in);
  if (!isCredential(token)) throw invalid(answer, 'access_token');
  if (refreshToken !== undefined && !isCredential(refreshToken)) throw invalid(answer, 'refresh_token');
  if (body.expires_in !== undefined && expiresInSeconds === undefined) throw invalid(answer, 'expires_in');
  return {
    token,
    tokenType: readTokenType(answer, body),
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}

/** A span of time in whole or broken seconds, as a number or, from some servers, as a string of digits. */
export function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

/** Not case sensitive (RFC 6749 5.1); a type that we cannot use is as good as no token (RFC 6749 7.1). */
function readTokenType(answer: Answer, { token_type }: JsonObject): 'DPoP' | 'Bearer' {
  const type = String(token_type).toLowerCase();
  if (type === 'dpop') return 'DPoP';
  if (type === 'bearer') return 'Bearer';
  throw invalid(answer, 'token_type');
}

/** @throws {@link InvalidResponseError} where the answer is not a JSON object */
export function bodyOf(answer: Answer): JsonObject {
  if (isJsonObject(answer.json)) return answer.json;
  throw new InvalidResponseError('the answer is not a JSON object', { response: answerOf(answer) });
}

/** The error for an answer whose `member` is missing or of the wrong kind. */
export function invalid(answer: Answer, member: string): InvalidResponseError {
  return new InvalidResponseError(`the answer has no valid ${member}`, { response: answerOf(answer) });
}

/**
 * The error for an answer that refuses (RFC 6749 5.2, RFC 9449 5 and 7.1). Errors that mean something special to one
 * request are told apart before this.
 */
export function refusalOf(answer: Answer): UmaError {
  const response = answerOf(answer);
  switch (response.error) {
    case 'invalid_client':
    case 'unauthorized_client':
      return new ClientRefusedError(response);
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
      return new ProofRefusedError(response);
    case 'invalid_scope':
      return new InvalidScopeError(response);
    case undefined:
      return new InvalidResponseError(`the server answers ${response.status}`, { response });
    default:
      return new RefusedError(response);
  }
}
