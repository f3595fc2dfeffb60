import { deviceAuthorizationRequest } from 'oauth4webapi';
import { endpointOf } from '../uma/endpoint.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { isText } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { askTokenEndpoint } from '../uma/token-request.ts';
import { bodyOf, invalid, readIssuedToken, readSeconds, refusalOf } from '../uma/token-response.ts';
import type { PendingCode } from './connection-state.ts';
import type { Link } from './link.ts';
import { createSingleFlight } from './single-flight.ts';

/** Asking an owner to let this gateway in and act for them (RFC 8628): one code at a time, remembered across restarts. */
export interface OwnerCodes {
  /** The code that waits, if it has not expired. */
  pending(): PendingCode | undefined;
  /** A new code, stored before it is shown; the one that waits, while there is one. Single flight. */
  ask(signal?: AbortSignal): Promise<PendingCode>;
  /**
   * Asks once whether the owner has decided. What was approved is stored in the same step as the code is forgotten.
   * @throws what the token endpoint refuses beside RFC 8628 3.5
   */
  poll(signal: AbortSignal): Promise<'approved' | 'waiting' | 'denied' | 'expired'>;
}

const SCOPES = 'uma_protection shares:read shares:reduce shares:grant';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628 3.2 and 3.5. */
const USUAL_INTERVAL_SECONDS = 5;
const SLOWER_BY_MS = 5_000;

export function createOwnerCodes(link: Link, nowMs: () => number): OwnerCodes {
  const { state } = link;

  function pending(): PendingCode | undefined {
    const { pendingCode } = state.secrets();
    return pendingCode !== undefined && pendingCode.expiresAtMs > nowMs() ? pendingCode : undefined;
  }

  const askOnce = createSingleFlight(async (signal) => {
    const pendingCode = readCode(await requestCode(link, signal), nowMs());
    await state.update({ secrets: { pendingCode }, connection: { ownerPromised: undefined } });
    return pendingCode;
  }, link.closing);

  return {
    pending,
    ask: async (signal) => pending() ?? askOnce(signal),
    async poll(signal) {
      const code = pending();
      if (code === undefined) return 'expired';
      const client = await link.client(signal);
      const answer = await askTokenEndpoint(client, DEVICE_CODE, { device_code: code.deviceCode }, link.http(signal));
      return settle(link, code, answer);
    },
  };
}

async function requestCode(link: Link, signal: AbortSignal): Promise<Answer> {
  const { server, client, authentication } = await link.client(signal);
  const http = link.http(signal);
  endpointOf(server, 'device_authorization_endpoint', http);
  return exchange(link.issuer, http, (wire) =>
    deviceAuthorizationRequest(server, client, authentication, { scope: SCOPES }, wire),
  );
}

/** RFC 8628 3.2. */
function readCode(answer: Answer, nowMs: number): PendingCode {
  if (answer.status !== 200) throw refusalOf(answer);
  const { device_code: deviceCode, user_code: userCode, verification_uri: uri, expires_in, interval } = bodyOf(answer);
  const lifeSeconds = readSeconds(expires_in);
  if (!isText(deviceCode)) throw invalid(answer, 'device_code');
  if (!isText(userCode)) throw invalid(answer, 'user_code');
  if (lifeSeconds === undefined) throw invalid(answer, 'expires_in');
  return {
    deviceCode,
    userCode,
    verificationUri: pageOf(uri, answer),
    expiresAtMs: nowMs + lifeSeconds * 1000,
    intervalMs: (readSeconds(interval) ?? USUAL_INTERVAL_SECONDS) * 1000,
  };
}

/** A person will be sent there, so it must be a page. */
function pageOf(uri: unknown, answer: Answer): string {
  if (isText(uri) && URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol)) return uri;
  throw invalid(answer, 'verification_uri');
}

/** RFC 8628 3.5. An `invalid_grant` means that the code is used up: the tokens went to a process that has ended. */
async function settle(
  { state }: Link,
  code: PendingCode,
  answer: Answer,
): Promise<'approved' | 'waiting' | 'denied' | 'expired'> {
  if (answer.status === 200) {
    await state.update({ secrets: { pendingCode: undefined, owner: readOwner(answer) } });
    return 'approved';
  }
  switch (answerOf(answer).error) {
    case 'authorization_pending':
      return 'waiting';
    case 'slow_down':
      await state.update({ secrets: { pendingCode: { ...code, intervalMs: code.intervalMs + SLOWER_BY_MS } } });
      return 'waiting';
    case 'access_denied':
      await state.update({ secrets: { pendingCode: undefined } });
      return 'denied';
    case 'expired_token':
    case 'invalid_grant':
      await state.update({ secrets: { pendingCode: undefined } });
      return 'expired';
    default:
      throw refusalOf(answer);
  }
}

/** What the owner approved may be nothing beyond protecting: then there is no token to keep. */
function readOwner(answer: Answer): { refreshToken: string; scopes: string[] } | undefined {
  const { refreshToken, tokenType } = readIssuedToken(answer);
  const { scope } = bodyOf(answer);
  if (tokenType !== 'DPoP')
    throw new InvalidResponseError('the owner’s token is not bound to the key', { response: answerOf(answer) });
  const scopes = isText(scope) ? scope.split(' ').filter((name) => name.startsWith('shares:')) : [];
  return refreshToken === undefined || scopes.length === 0 ? undefined : { refreshToken, scopes };
}
