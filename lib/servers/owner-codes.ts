import { InvalidResponseError } from '../uma/errors.ts';
import type { Answer } from '../uma/exchange.ts';
import { isText } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { bodyOf, readIssuedToken } from '../uma/token-response.ts';
import type { PendingCode } from './connection-state.ts';
import { codeState, pollCode, requestCode, SLOWER_BY_MS } from './device-authorization.ts';
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

export function createOwnerCodes(link: Link, nowMs: () => number): OwnerCodes {
  const { state } = link;

  function pending(): PendingCode | undefined {
    const { pendingCode } = state.secrets();
    return pendingCode !== undefined && pendingCode.expiresAtMs > nowMs() ? pendingCode : undefined;
  }

  const askOnce = createSingleFlight(async (signal) => {
    const asked = await requestCode(await link.client(signal), SCOPES, link.http(signal), nowMs());
    const { verificationUriComplete: _, ...pendingCode } = asked;
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
      return settle(link, code, await pollCode(client, code.deviceCode, link.http(signal)));
    },
  };
}

/** The code goes in the same durable step as what it brought. */
async function settle(
  { state }: Link,
  code: PendingCode,
  answer: Answer,
): Promise<'approved' | 'waiting' | 'denied' | 'expired'> {
  const said = codeState(answer);
  if (said === 'waiting') return said;
  if (said === 'slow-down') {
    await state.update({ secrets: { pendingCode: { ...code, intervalMs: code.intervalMs + SLOWER_BY_MS } } });
    return 'waiting';
  }
  const owner = said === 'approved' ? { owner: readOwner(answer) } : {};
  await state.update({ secrets: { pendingCode: undefined, ...owner } });
  return said;
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
