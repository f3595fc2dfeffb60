/** The client's side of RFC 8628, whoever asks: a gateway that wants to be let in, or a device that asks for its owner. */
import { deviceAuthorizationRequest } from 'oauth4webapi';
import type { UmaClient } from '../uma/client.ts';
import { endpointOf } from '../uma/endpoint.ts';
import { type Answer, exchange, type Http } from '../uma/exchange.ts';
import { isText } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { askTokenEndpoint } from '../uma/token-request.ts';
import { bodyOf, invalid, readSeconds, refusalOf } from '../uma/token-response.ts';
import type { Claim } from './authorization-server.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628 3.2. */
const USUAL_INTERVAL_SECONDS = 5;
/** No server means a poll without a pause; and Node fires a timer of more than 24 days at once. */
const [SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS] = [1, 3_600];
/** RFC 8628 3.5. */
export const SLOWER_BY_MS = 5_000;

/**
 * RFC 8628 3.1, 3.2.
 * @throws what the server refuses; UnreachableError, InvalidResponseError
 */
export async function requestCode(
  { server, client, authentication }: UmaClient,
  scope: string,
  http: Http,
  nowMs: number,
): Promise<Claim> {
  endpointOf(server, 'device_authorization_endpoint', http);
  const answer = await exchange(server.issuer, http, (wire) =>
    deviceAuthorizationRequest(server, client, authentication, { scope }, wire),
  );
  return readCode(answer, nowMs);
}

/** RFC 8628 3.4: asks once. */
export function pollCode(client: UmaClient, deviceCode: string, http: Http): Promise<Answer> {
  return askTokenEndpoint(client, DEVICE_CODE, { device_code: deviceCode }, http);
}

/**
 * What the token endpoint says of a code (RFC 8628 3.5). An `invalid_grant` means that the code is used up: the tokens went
 * to a process that has ended.
 * @throws what it refuses for another reason
 */
export function codeState(answer: Answer): 'approved' | 'waiting' | 'slow-down' | 'denied' | 'expired' {
  if (answer.status === 200) return 'approved';
  switch (answerOf(answer).error) {
    case 'authorization_pending':
      return 'waiting';
    case 'slow_down':
      return 'slow-down';
    case 'access_denied':
      return 'denied';
    case 'expired_token':
    case 'invalid_grant':
      return 'expired';
    default:
      throw refusalOf(answer);
  }
}

function readCode(answer: Answer, nowMs: number): Claim {
  if (answer.status !== 200) throw refusalOf(answer);
  const body = bodyOf(answer);
  const { device_code: deviceCode, user_code: userCode, verification_uri_complete: complete } = body;
  const lifeSeconds = readSeconds(body.expires_in);
  if (!isText(deviceCode)) throw invalid(answer, 'device_code');
  if (!isText(userCode)) throw invalid(answer, 'user_code');
  if (lifeSeconds === undefined) throw invalid(answer, 'expires_in');
  return {
    deviceCode,
    userCode,
    verificationUri: pageOf(body.verification_uri, answer),
    ...(isPage(complete) && { verificationUriComplete: complete }),
    expiresAtMs: nowMs + lifeSeconds * 1000,
    intervalMs: readInterval(body.interval) * 1000,
  };
}

function readInterval(value: unknown): number {
  const seconds = readSeconds(value) ?? USUAL_INTERVAL_SECONDS;
  return Math.min(Math.max(seconds, SHORTEST_INTERVAL_SECONDS), LONGEST_INTERVAL_SECONDS);
}

/** A person will be sent there, so it must be a page. */
function pageOf(uri: unknown, answer: Answer): string {
  if (isPage(uri)) return uri;
  throw invalid(answer, 'verification_uri');
}

function isPage(uri: unknown): uri is string {
  return isText(uri) && URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol);
}
