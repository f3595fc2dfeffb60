import { customFetch } from 'oauth4webapi';
import { makeDpopProof } from '../proof/dpop-proof.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { answerOf } from '../uma/server-answer.ts';
import type { DeviceClient } from './authorization-server.ts';
import type { Link } from './link.ts';

/**
 * Asks the built-in server to let a device's key give way to the one that signed `continuity`. The proof by the present key
 * is for that statement alone, so nobody on the way can put another in its place.
 *
 * @throws UnreachableError, InvalidResponseError; any other answer is the caller's to judge
 */
export async function askForNewKey(
  link: Link,
  device: DeviceClient,
  continuity: string,
  nonce?: string,
): Promise<Answer> {
  const http = link.http();
  const url = link.url(`/devices/${encodeURIComponent(device.clientId)}/key`).href;
  const dpop = makeDpopProof({
    key: device,
    method: 'POST',
    url,
    accessToken: continuity,
    ...(nonce !== undefined && { nonce }),
  });
  const answer = await exchange(link.issuer, http, ({ [customFetch]: fetch }) =>
    fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', dpop },
      body: JSON.stringify({ continuity }),
      redirect: 'manual',
      ...(http.signal && { signal: http.signal }),
    }),
  );
  const given = answer.headers.get('dpop-nonce') ?? undefined;
  const asksForNonce = answerOf(answer).error === 'use_dpop_nonce' && nonce === undefined && given !== undefined;
  return asksForNonce ? askForNewKey(link, device, continuity, given) : answer;
}
