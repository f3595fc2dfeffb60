import { genericTokenEndpointRequest } from 'oauth4webapi';
import type { UmaClient } from './client.ts';
import { endpointOf } from './endpoint.ts';
import { type Answer, exchange, type Http } from './exchange.ts';

/**
 * One request to the token endpoint (RFC 6749 3.2), authenticated, with a DPoP proof where the client has a key for it
 * (RFC 9449 5). The answer may be a refusal.
 */
export function askTokenEndpoint(
  { server, client, authentication, dpop }: UmaClient,
  grantType: string,
  parameters: Record<string, string>,
  http: Http,
): Promise<Answer> {
  endpointOf(server, 'token_endpoint', http);
  return exchange(
    server.issuer,
    http,
    (wire) => {
      const options = { ...wire, ...(dpop && { DPoP: dpop }) };
      return genericTokenEndpointRequest(server, client, authentication, grantType, parameters, options);
    },
    dpop,
  );
}
