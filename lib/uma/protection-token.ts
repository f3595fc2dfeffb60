import type { UmaClient } from './client.ts';
import type { Http } from './exchange.ts';
import { askTokenEndpoint } from './token-request.ts';
import { type IssuedToken, readIssuedToken, refusalOf } from './token-response.ts';

/**
 * Gets a protection API token, the PAT, by `client_credentials` (Federated Authorization 1.3, RFC 6749 4.4). It acts for
 * whichever owner the server has tied to this client.
 *
 * @param extra parameters of the server's own making
 * @throws {@link ClientRefusedError}, {@link InvalidScopeError}, {@link ProofRefusedError}, {@link RefusedError}
 * @throws {@link InvalidResponseError}, {@link UnreachableError}
 */
export async function requestProtectionToken(
  client: UmaClient,
  http: Http,
  extra: Record<string, string> = {},
): Promise<IssuedToken> {
  const answer = await askTokenEndpoint(client, 'client_credentials', { scope: 'uma_protection', ...extra }, http);
  if (answer.status === 200) return readIssuedToken(answer);
  throw refusalOf(answer);
}
