/** Endpoints where a client authenticates itself; the provider does that, behind our reading of the form. */
import { asRptRefresh } from '../grants/refresh-rpt.ts';
import { type Answer, json, Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { sha256 } from '../model/ids.ts';
import type { Rpts } from '../model/rpts.ts';
import { handleOf, wirePermissions } from '../provider/adapter.ts';
import type { Forward } from '../provider/forward.ts';
import type { PresentedTokens } from '../provider/presented-token.ts';

export interface ClientEndpointParts {
  issuer: string;
  forward: Forward;
  presented: PresentedTokens;
  rpts: Rpts;
}

/** Token (RFC 6749 3.2), device authorization (RFC 8628 3.1), introspection (RFC 7662), revocation (RFC 7009). */
export function clientEndpointRoutes(parts: ClientEndpointParts): Route[] {
  const { forward } = parts;
  const overhearable = true;
  return [
    {
      method: 'POST',
      path: '/token',
      overhearable,
      handle: async (request) => forward(request, asRptRefresh(await clientForm(request))),
    },
    {
      method: 'POST',
      path: '/device/auth',
      overhearable,
      handle: async (request) => forward(request, await clientForm(request)),
    },
    { method: 'POST', path: '/token/introspection', handle: (request) => introspect(parts, request) },
    {
      method: 'POST',
      path: '/token/revocation',
      overhearable,
      handle: async (request) => forward(request, withHandle(await clientForm(request))),
    },
  ];
}

/** RFC 6749 5.2: no client authentication, or one of a kind that no client here has, is 401 `invalid_client`. */
async function clientForm(request: Request): Promise<Record<string, string>> {
  const form = await request.form();
  const { authorization } = request.headers;
  if (authorization === undefined && form.client_assertion) return form;
  throw new Refusal(401, 'invalid_client', 'a registered client authenticates with private_key_jwt', {
    'www-authenticate': `${/^[A-Za-z]+(?= )/.exec(authorization ?? '')?.[0] ?? 'Bearer'} realm="uma"`,
  });
}

function withHandle(form: Record<string, string>): Record<string, string> {
  return form.token === undefined ? form : { ...form, token: handleOf(form.token) };
}

/** With a protection token (UMA Federated Authorization 5.1) by us, with client authentication by the provider. */
async function introspect(
  { issuer, forward, presented, rpts }: ClientEndpointParts,
  request: Request,
): Promise<Answer> {
  if (request.headers.authorization === undefined) return forward(request, withHandle(await clientForm(request)));
  const { client } = presented.protection(request);
  const { token } = await request.form();
  if (token === undefined) throw new Refusal(400, 'invalid_request', 'the parameter token is missing');
  const rpt = rpts.get(sha256(token));
  if (rpt?.gateway !== client.clientId) return json(200, { active: false });
  return json(200, {
    active: true,
    iss: issuer,
    aud: rpt.gateway,
    sub: rpt.person ?? rpt.device,
    client_id: rpt.device,
    iat: rpt.issuedAt,
    exp: rpt.expiresAt,
    token_type: 'DPoP',
    cnf: { jkt: rpt.jkt },
    permissions: wirePermissions(rpt),
  });
}
