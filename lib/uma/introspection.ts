import { introspectionRequest } from 'oauth4webapi';
import type { UmaClient } from './client.ts';
import { endpointOf } from './endpoint.ts';
import { type Answer, exchange, type Http } from './exchange.ts';
import type { Clock } from './permission-list.ts';
import { callProtectionApi, type ProtectionApi } from './protection-api.ts';
import type { RptFacts } from './rpt.ts';
import { rptFacts } from './rpt-facts.ts';
import { bodyOf, invalid, refusalOf } from './token-response.ts';

export interface IntrospectionOptions extends Http, Clock {
  /** `access_token` by the specification (Federated Authorization 5.1); some servers want another word. */
  tokenTypeHint?: string;
}

/**
 * Asks the server what an RPT permits (Federated Authorization 5.1), with the PAT, or as a client of its own where the
 * server wants that (RFC 7662 2.1).
 *
 * @returns `undefined` for a token that is not active, and for one that is no RPT: an active token of another kind has no
 *   `permissions`, and whatever `scope` it has permits nothing here
 * @throws {@link InvalidResponseError} for an active RPT whose permissions cannot be read (Federated Authorization 5.1.1)
 * @throws {@link ProtectionTokenError}, {@link ClientRefusedError}, {@link ProofRefusedError}, {@link RefusedError}
 * @throws {@link UnreachableError}
 */
export async function introspectRpt(
  by: ProtectionApi | UmaClient,
  rpt: string,
  options: IntrospectionOptions,
): Promise<RptFacts | undefined> {
  const hint = options.tokenTypeHint === undefined ? undefined : { token_type_hint: options.tokenTypeHint };
  const answer = await ('token' in by ? askWithToken(by, rpt, hint, options) : askAsClient(by, rpt, hint, options));
  if (answer.status !== 200) throw refusalOf(answer);
  const body = bodyOf(answer);
  if (typeof body.active !== 'boolean') throw invalid(answer, 'active');
  if (!body.active || body.permissions === undefined) return undefined;
  return rptFacts(body, options);
}

type TypeHint = { token_type_hint: string } | undefined;

function askWithToken(api: ProtectionApi, rpt: string, hint: TypeHint, http: Http): Promise<Answer> {
  const url = endpointOf(api.server, 'introspection_endpoint', http);
  return callProtectionApi(api, 'POST', url, http, new URLSearchParams({ token: rpt, ...hint }));
}

function askAsClient({ server, client, authentication }: UmaClient, rpt: string, hint: TypeHint, http: Http) {
  endpointOf(server, 'introspection_endpoint', http);
  return exchange(server.issuer, http, (wire) =>
    introspectionRequest(server, client, authentication, rpt, { ...wire, ...(hint && { additionalParameters: hint }) }),
  );
}
