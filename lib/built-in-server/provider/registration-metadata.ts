import { type PublicJwk, readPublicKey } from '../../proof/index.ts';
import { isLoopback } from '../../uma/loopback.ts';
import { Refusal } from '../http/answer.ts';
import { type ClientRecord, deviceGrantType, umaGrantType } from './client-records.ts';
import { serverScopes } from './scopes.ts';

/** What a client may say about itself (RFC 7591 2); everything else it sends is ignored or refused. */
export type ClientMetadataWish = Pick<
  ClientRecord,
  'kind' | 'name' | 'jwk' | 'thumbprint' | 'grantTypes' | 'scope' | 'claimsRedirectUris'
>;

const grantTypesOf: Record<ClientRecord['kind'], string[]> = {
  device: [umaGrantType, deviceGrantType, 'refresh_token'],
  gateway: ['client_credentials', deviceGrantType, 'refresh_token'],
};

/** Who names none gets these: a refresh token is only for those who ask for one. */
const usualGrantTypesOf: Record<ClientRecord['kind'], string[]> = {
  device: [umaGrantType, deviceGrantType],
  gateway: grantTypesOf.gateway,
};

/**
 * Reads registration metadata. A client has one public key of its own and proves it everywhere, so nothing else is
 * accepted: no secrets, no key addresses, no scope that only an owner can give.
 * @param usually - what the client is where it names no grant types
 * @throws Refusal 400 `invalid_client_metadata`, `invalid_redirect_uri` (RFC 7591 3.2.2)
 */
export function readClientMetadata(body: Record<string, unknown>, usually: ClientRecord['kind']): ClientMetadataWish {
  const { token_endpoint_auth_method: method = 'private_key_jwt', redirect_uris: redirects = [] } = body;
  if (method !== 'private_key_jwt') throw invalid('token_endpoint_auth_method must be private_key_jwt');
  if (!Array.isArray(redirects) || redirects.length > 0) {
    throw new Refusal(400, 'invalid_redirect_uri', 'this server redirects nobody');
  }
  const key = readKey(body);
  const { kind, grantTypes } = readGrantTypes(body.grant_types, usually);
  const scope = readScope(body.scope);
  const claimsRedirectUris = readClaimsRedirectUris(body.claims_redirect_uris);
  const name = readName(body.client_name) ?? `key ${key.thumbprint.slice(0, 8)}`;
  return {
    kind,
    name,
    grantTypes,
    jwk: key.jwk,
    thumbprint: key.thumbprint,
    ...(scope === undefined ? {} : { scope }),
    ...(claimsRedirectUris === undefined ? {} : { claimsRedirectUris }),
  };
}

const mostClaimsRedirectUris = 10;

/** UMA Grant 2: absolute, without a fragment (3.3.2); what it carries is a ticket, so only where nobody can overhear it. */
function readClaimsRedirectUris(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const list: unknown[] = Array.isArray(value) ? value : [];
  if (list.length === 0 || list.length > mostClaimsRedirectUris || !list.every(isClaimsRedirectUri)) {
    throw new Refusal(
      400,
      'invalid_redirect_uri',
      'claims_redirect_uris must be up to ten https addresses, or http ones of this computer, without fragment',
    );
  }
  return [...new Set(list)];
}

function isClaimsRedirectUri(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 500 || !URL.canParse(value) || value.includes('#')) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return safe && username === '' && password === '';
}

function invalid(description: string): Refusal {
  return new Refusal(400, 'invalid_client_metadata', description);
}

function readKey({ jwks, jwks_uri: uri }: Record<string, unknown>): {
  jwk: PublicJwk & { kid?: string };
  thumbprint: string;
} {
  if (uri !== undefined) throw invalid('jwks_uri is not accepted; send the key itself in jwks');
  const keys = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys) || keys.length !== 1) throw invalid('jwks must hold exactly one key');
  const reading = readPublicKey(keys[0]);
  if (!reading.ok)
    throw invalid(`jwks must hold a public ES256 or Ed25519 key (${reading.fault.replaceAll('_', ' ')})`);
  const { kid } = keys[0] as { kid?: unknown };
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 128)) throw invalid('kid must be a short text');
  return { jwk: { ...reading.jwk, ...(kid === undefined ? {} : { kid }) }, thumbprint: reading.thumbprint };
}

function readGrantTypes(value: unknown, usually: ClientRecord['kind']): Pick<ClientRecord, 'kind' | 'grantTypes'> {
  if (value === undefined) return { kind: usually, grantTypes: usualGrantTypesOf[usually] };
  const asked: unknown[] = Array.isArray(value) ? [...new Set<unknown>(value)] : [];
  const fits = (kind: ClientRecord['kind']) =>
    asked.length > 0 && asked.every((type): type is string => grantTypesOf[kind].includes(String(type)));
  // The device grant alone says nothing: it is what both have in common.
  const kind = fits(usually) ? usually : usually === 'device' ? 'gateway' : 'device';
  if (!fits(kind)) throw invalid('grant_types fit neither a device nor a gateway');
  return { kind, grantTypes: asked.map(String) };
}

function readScope(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (
    typeof value !== 'string' ||
    value.length > 1000 ||
    !/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value)
  ) {
    throw invalid('scope must be words separated by single spaces');
  }
  const reserved = value.split(' ').find((scope) => serverScopes.includes(scope));
  if (reserved !== undefined) throw invalid(`only an owner can give the scope ${reserved}`);
  return value;
}

function readName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > 80 || /[\p{C}\p{Zl}\p{Zp}]/u.test(value)) {
    throw invalid('client_name must have 1 to 80 characters and no control characters');
  }
  return value.trim();
}
