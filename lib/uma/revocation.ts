import { revocationRequest } from 'oauth4webapi';
import type { UmaClient } from './client.ts';
import { endpointOf } from './endpoint.ts';
import { exchange, type Http } from './exchange.ts';
import { refusalOf } from './token-response.ts';

/** What kind of token it is, to help the server find it (RFC 7009 2.1; `pct`: UMA Grant 3.7). An RPT is an access token. */
export type RevocableToken = 'access_token' | 'refresh_token' | 'pct';

/**
 * Tells the server that one of this client's own tokens is not wanted any more (RFC 7009 2, UMA Grant 3.7). A token that
 * the server does not know counts as revoked (RFC 7009 2.2).
 *
 * @throws {@link ClientRefusedError}, {@link RefusedError} (`unsupported_token_type`), {@link UnreachableError}
 */
export async function revokeToken(
  { server, client, authentication }: UmaClient,
  token: string,
  kind: RevocableToken,
  http: Http,
): Promise<void> {
  endpointOf(server, 'revocation_endpoint', http);
  const additionalParameters = { token_type_hint: kind };
  const answer = await exchange(server.issuer, http, (wire) =>
    revocationRequest(server, client, authentication, token, { ...wire, additionalParameters }),
  );
  if (answer.status !== 200) throw refusalOf(answer);
}
