import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { GatewayStore } from '../../store/gateway-store.ts';
import { sha256 } from '../model/ids.ts';
import type { RptRecord, Rpts } from '../model/rpts.ts';
import { type ClientRecords, providerMetadataOf } from './client-records.ts';
import type { DeviceCodes } from './device-codes.ts';
import type { ProviderLibrary } from './load.ts';
import { type KeptTokenKind, keptTokenKinds, type TokenRecords } from './token-records.ts';

/** Where `oidc-provider` finds what it asks for. What it has no business with is never there and cannot be written. */
export interface AdapterParts {
  store: GatewayStore;
  errors: ProviderLibrary['errors'];
  clients: ClientRecords;
  tokens: TokenRecords;
  codes: DeviceCodes;
  rpts: Rpts;
}

export function createAdapterFactory(parts: AdapterParts): AdapterFactory {
  return (name) => {
    if (name === 'Client') return clientAdapter(parts);
    if (name === 'DeviceCode') return deviceCodeAdapter(parts);
    return isKept(name) ? tokenAdapter(parts, name) : nothing;
  };
}

function isKept(name: string): name is KeptTokenKind {
  return keptTokenKinds.includes(name);
}

const absent = async (): Promise<undefined> => undefined;
const refuseToWrite = async (): Promise<never> => {
  throw new TypeError('the provider wrote what this server does not keep');
};
const nothing: Adapter = {
  upsert: refuseToWrite,
  find: absent,
  findByUserCode: absent,
  findByUid: absent,
  consume: refuseToWrite,
  destroy: absent,
  revokeByGrantId: absent,
};

function clientAdapter({ clients }: AdapterParts): Adapter {
  return {
    ...nothing,
    async find(id) {
      const client = clients.get(id);
      return client && providerMetadataOf(client);
    },
  };
}

function deviceCodeAdapter({ codes, errors }: AdapterParts): Adapter {
  return {
    ...nothing,
    upsert: async (id, payload) => codes.put(id, payload),
    find: async (id) => codes.find(id),
    destroy: async (id) => {
      codes.take(id);
    },
    async consume(id) {
      // The provider looked before and will issue after: the one who takes it here is the only one.
      if (!codes.take(id)) throw new errors.InvalidGrant('device code already consumed');
    },
  };
}

function tokenAdapter({ store, tokens, rpts }: AdapterParts, kind: KeptTokenKind): Adapter {
  const rptOf = (id: string) => {
    const hash = kind === 'AccessToken' ? rptHash(id) : undefined;
    return hash === undefined ? undefined : rpts.get(hash);
  };
  return {
    ...nothing,
    upsert: (id, payload) => store.transaction(() => tokens.put(kind, id, payload)),
    async find(id) {
      const rpt = rptOf(id);
      return rpt ? rptPayload(id, rpt) : tokens.find(kind, id);
    },
    destroy: (id) => store.transaction(() => tokens.remove(kind, id)),
    revokeByGrantId: (grantId) => store.transaction(() => tokens.removeGrant(grantId)),
  };
}

const handlePrefix = 'rpt.';

/**
 * What the provider is given for a token that a client sent to be looked at or revoked: JWTs, which it would refuse to
 * look at, by their hash. A made-up handle names nothing.
 */
export function handleOf(token: string): string {
  const isJwt = token.split('.').length === 3;
  return isJwt || token.startsWith(handlePrefix) ? handlePrefix + sha256(token) : token;
}

/** The hash in a handle, or nothing for any other token. */
export function rptHash(handle: string): string | undefined {
  return handle.startsWith(handlePrefix) ? handle.slice(handlePrefix.length) : undefined;
}

/** UMA Federated Authorization 5.1.1: `permissions`, and no `scope`. */
export function wirePermissions(rpt: RptRecord): object[] {
  return rpt.permissions.map(({ resource, scopes, exp, share }) => ({
    resource_id: resource,
    resource_scopes: scopes,
    ...(exp === undefined ? {} : { exp }),
    ...(share === undefined ? {} : { share }),
  }));
}

function rptPayload(id: string, rpt: RptRecord): AdapterPayload {
  return {
    kind: 'AccessToken',
    jti: id,
    iat: rpt.issuedAt,
    exp: rpt.expiresAt,
    clientId: rpt.device,
    accountId: rpt.device,
    aud: rpt.gateway,
    jkt: rpt.jkt,
    gty: 'uma-ticket',
    format: 'opaque',
    extra: { permissions: wirePermissions(rpt) },
  };
}
