import type { Configuration } from 'oidc-provider';
import type { Model } from '../model/model.ts';
import { type AdapterParts, createAdapterFactory } from './adapter.ts';
import { type ClientAuthenticationParts, createClientCheck } from './client-authentication.ts';
import { serverScopes, signatureAlgorithms } from './scopes.ts';
import type { ServerKeys } from './server-keys.ts';
import type { TokenLooks } from './token-looks.ts';

/** Seconds. What an owner gave lives until the owner takes it back. */
const lifetimes = {
  ClientCredentials: 3600,
  AccessToken: 900,
  DeviceCode: 600,
  RefreshToken: 315_360_000,
  Grant: 315_360_000,
};

export interface ConfigurationParts extends AdapterParts, ClientAuthenticationParts {
  keys: ServerKeys;
  looks: TokenLooks;
  owners: Pick<Model['owners'], 'byName'>;
}

/**
 * The provider's settings. Only four of its endpoints are reachable (token, introspection, revocation, device
 * authorization); everything that belongs to others is switched off, so that a new version cannot open it by default.
 */
export function createConfiguration(parts: ConfigurationParts): Configuration {
  const { keys, owners } = parts;
  const algorithms = [...signatureAlgorithms];
  return {
    adapter: createAdapterFactory(parts),
    assertJwtClientAuthClaimsAndHeader: createClientCheck(parts),
    clientAuthMethods: ['private_key_jwt'],
    clientBasedCORS: () => false,
    clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: [], grant_types: [] },
    clockTolerance: 5,
    cookies: { keys: keys.cookieKeys },
    enabledJWA: {
      clientAuthSigningAlgValues: algorithms,
      dPoPSigningAlgValues: algorithms,
      idTokenSigningAlgValues: ['ES256'],
    },
    features: features(parts),
    findAccount: (_ctx, name) => (owners.byName(name) ? { accountId: name, claims: () => ({ sub: name }) } : undefined),
    issueRefreshToken: (_ctx, client, source) => client.grantTypeAllowed('refresh_token') && Boolean(source.scope),
    jwks: keys.privateJwks,
    responseTypes: [],
    rotateRefreshToken: false,
    scopes: [...serverScopes],
    ttl: lifetimes,
  };
}

function features({
  looks,
  requests,
}: Pick<ConfigurationParts, 'looks' | 'requests'>): NonNullable<Configuration['features']> {
  return {
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      deviceInfo: () => ({ ip: requests.getStore()?.from }),
    },
    devInteractions: { enabled: false },
    // The secret only switches nonces on; `useNonces` puts ours in their place.
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32) },
    introspection: { enabled: true, allowedPolicy: looks.mayIntrospect },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: { enabled: true, allowedPolicy: looks.mayRevoke },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
  };
}
