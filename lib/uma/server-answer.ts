import { type Challenge, parseChallenges } from './challenge.ts';
import type { ServerAnswer } from './errors.ts';
import type { Answer } from './exchange.ts';
import { isJsonObject } from './json-body.ts';

/** As the registered error codes look. What looks otherwise could be anything, a ticket sent back included. */
const ERROR_CODE = /^[a-z][a-z_.-]{1,63}$/;

const MAX_DESCRIPTION_LENGTH = 200;

/**
 * What of an answer may be kept in an error: the status, and the error code and description of its body (RFC 6749 5.2,
 * Federated Authorization 6) or, without one there, the code of its challenge.
 */
export function answerOf(answer: Answer): ServerAnswer {
  const [error] = errorCodesOf(answer);
  const description = isJsonObject(answer.json) ? answer.json.error_description : undefined;
  return {
    status: answer.status,
    ...(error !== undefined && { error }),
    ...(typeof description === 'string' && { description: description.slice(0, MAX_DESCRIPTION_LENGTH) }),
  };
}

/** The error codes of the body (RFC 6749 5.2) and then of the challenges (RFC 6750 3, RFC 9449 7.1). */
export function errorCodesOf({ headers, json }: Answer): string[] {
  const inBody = isJsonObject(json) ? json.error : undefined;
  const inChallenges = challengesOf(headers).map(({ parameters }) => parameters.get('error'));
  return [inBody, ...inChallenges].filter(isErrorCode);
}

function isErrorCode(value: unknown): value is string {
  return typeof value === 'string' && ERROR_CODE.test(value);
}

/** A header that cannot be read says nothing; the status stands. */
function challengesOf(headers: Headers): Challenge[] {
  try {
    return parseChallenges(headers.get('www-authenticate') ?? '');
  } catch {
    return [];
  }
}
