/** Who speaks, at every endpoint of ours that is not the token endpoint: an access token with a proof by its key. */
import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Model } from '../model/model.ts';
import type { GatewayRecord } from '../model/records.ts';
import { type ClientRecord, type ClientRecords, isApproved } from './client-records.ts';
import { type Proofs, proofRefusal } from './proofs.ts';
import type { TokenRecords } from './token-records.ts';

/** A verified token. `owner` only where an owner gave it (device flow); a `client_credentials` token speaks for nobody. */
export interface PresentedToken {
  client: ClientRecord;
  owner?: string;
  scopes: ReadonlySet<string>;
}

/** A gateway as the resource server of its owner. */
export interface Protection {
  client: ClientRecord;
  gateway: GatewayRecord;
  owner: string;
}

/** A gateway in its owner's name. */
export interface OwnerAuthority {
  owner: string;
  gateway: string;
  scopes: readonly string[];
  resources?: readonly string[];
}

export interface PresentedTokens {
  /**
   * Does the request bring a token of a gateway that has an owner? Only for how much of it is read: the proof, which can be
   * used once, is looked at when all of the request is there.
   */
  bringsGatewayToken(request: Pick<Request, 'headers'>): boolean;
  /**
   * The token of the request, its proof verified and used up. Synchronous, so nothing lies between check and use.
   * @throws Refusal 401 `invalid_token`, `invalid_dpop_proof`, `use_dpop_nonce`; 400 for two proofs; 429
   */
  read(request: Request): PresentedToken;
  /**
   * A protection API access token (UMA Federated Authorization 1.3): `uma_protection` in the token **and** in the
   * client's registered scope, given by `client_credentials`, of a gateway that has an owner.
   * @throws Refusal as `read`, and 403 `insufficient_scope`
   */
  protection(request: Request): Protection;
  /** What an owner gave the gateway, as it stands now. @throws Refusal as `read`, and 403 `insufficient_scope` */
  authority(request: Request): OwnerAuthority;
}

export interface PresentedTokenParts {
  tokens: TokenRecords;
  clients: ClientRecords;
  proofs: Proofs;
  gateways: Pick<Model['gateways'], 'get'>;
}

export function createPresentedTokens(parts: PresentedTokenParts): PresentedTokens {
  const read = (request: Request) => readToken(parts, request);
  return {
    read,
    bringsGatewayToken({ headers }) {
      const payload = parts.tokens.find('ClientCredentials', credentialIn(headers) ?? '');
      return payload !== undefined && parts.gateways.get(String(payload.clientId))?.owner !== undefined;
    },
    protection(request) {
      const { client, scopes, owner } = read(request);
      const gateway = parts.gateways.get(client.clientId);
      const isPat = owner === undefined && scopes.has('uma_protection') && isApproved(client);
      if (!isPat || gateway?.owner === undefined) {
        throw new Refusal(403, 'insufficient_scope', 'this takes a protection API token of a gateway with an owner', {
          'www-authenticate': 'DPoP error="insufficient_scope", scope="uma_protection"',
        });
      }
      return { client, gateway, owner: gateway.owner };
    },
    authority(request) {
      const { client, scopes, owner } = read(request);
      const gateway = parts.gateways.get(client.clientId);
      if (owner === undefined || gateway?.owner !== owner) {
        throw new Refusal(403, 'insufficient_scope', 'this takes a token that an owner gave');
      }
      const { resources } = gateway;
      const given = gateway.scopes.filter((scope) => scopes.has(scope));
      return { owner, gateway: client.clientId, scopes: given, ...(resources ? { resources } : {}) };
    },
  };
}

function readToken({ tokens, clients, proofs }: PresentedTokenParts, request: Request): PresentedToken {
  const value = dpopCredential(request, proofs);
  const payload = tokens.find('ClientCredentials', value) ?? tokens.find('AccessToken', value);
  const client = clients.get(String(payload?.clientId));
  const jkt = payload?.jkt;
  if (payload === undefined || client === undefined || jkt !== client.thumbprint) throw invalidToken(proofs);
  const verdict = proofs.check(request, { thumbprints: [jkt], accessToken: value, clientId: client.clientId });
  if (!verdict.ok) throw proofRefusal(verdict, proofs.nonce());
  if (!verdict.commit()) throw invalidToken(proofs, 'invalid_dpop_proof', 'the DPoP proof was used before');
  return {
    client,
    scopes: new Set(payload.scope?.split(' ')),
    ...(payload.accountId === undefined ? {} : { owner: payload.accountId }),
  };
}

/** RFC 9449 7.1: `Authorization: DPoP <token>`. A Bearer token is refused: every token of ours is bound to a key. */
function dpopCredential({ headers }: Request, proofs: Proofs): string {
  const value = credentialIn(headers);
  if (value === undefined) throw invalidToken(proofs);
  return value;
}

function credentialIn({ authorization = '' }: Request['headers']): string | undefined {
  return /^DPoP ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
}

function invalidToken(proofs: Proofs, code = 'invalid_token', description = 'there is no such token'): Refusal {
  return new Refusal(401, code, description, {
    'www-authenticate': `DPoP error="${code}", algs="ES256 EdDSA Ed25519"`,
    'dpop-nonce': proofs.nonce(),
  });
}
