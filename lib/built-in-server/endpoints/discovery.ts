import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import { deviceGrantType, umaGrantType } from '../provider/client-records.ts';
import { serverScopes, signatureAlgorithms } from '../provider/scopes.ts';

export interface DiscoveryParts {
  issuer: string;
  /** Where the owner's pages are. */
  pages: string;
  publicJwks(): object;
  hasOwner(): boolean;
}

/**
 * What this server is (UMA Grant 2, UMA Federated Authorization 2, RFC 8414, OpenID Connect Discovery 3). Written from
 * the configured issuer alone: no request can put an address into it.
 */
export function discoveryRoutes({ issuer, pages, publicJwks, hasOwner }: DiscoveryParts): Route[] {
  const overhearable = true;
  const common = commonMetadata(issuer);
  const openid = { ...common, subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'] };
  return [
    {
      method: 'GET',
      path: '/.well-known/uma2-configuration',
      overhearable,
      handle: () => json(200, { ...common, ...umaMetadata(issuer, pages, hasOwner()) }),
    },
    { method: 'GET', path: '/.well-known/oauth-authorization-server', overhearable, handle: () => json(200, common) },
    { method: 'GET', path: '/.well-known/openid-configuration', overhearable, handle: () => json(200, openid) },
    { method: 'GET', path: '/jwks', overhearable, handle: () => json(200, publicJwks()) },
  ];
}

function commonMetadata(issuer: string): object {
  const methods = ['private_key_jwt'];
  const algorithms = [...signatureAlgorithms];
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/reg`,
    introspection_endpoint: `${issuer}/token/introspection`,
    revocation_endpoint: `${issuer}/token/revocation`,
    device_authorization_endpoint: `${issuer}/device/auth`,
    grant_types_supported: [umaGrantType, 'client_credentials', deviceGrantType, 'refresh_token'],
    response_types_supported: [],
    scopes_supported: [...serverScopes],
    dpop_signing_alg_values_supported: algorithms,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
  };
}

function umaMetadata(issuer: string, pages: string, owner: boolean): object {
  return {
    permission_endpoint: `${issuer}/permission`,
    resource_registration_endpoint: `${issuer}/resources`,
    claims_interaction_endpoint: `${pages}/claims`,
    uma_profiles_supported: [],
    // An extension of ours: tells a gateway whether anybody could approve it, and where it hears and ends things.
    uma_home: { owner, events_endpoint: `${issuer}/events`, ends_endpoint: `${issuer}/ends` },
  };
}
