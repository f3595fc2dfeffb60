import type { ClientMetadata } from 'oidc-provider';
import type { PublicJwk } from '../../proof/public-key.ts';
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import { openIndexedTable } from '../model/indexed-table.ts';
import { serverScopes } from './scopes.ts';

export const umaGrantType = 'urn:ietf:params:oauth:grant-type:uma-ticket';
/** Never seen outside: what `refresh_token` becomes where it renews a requesting party token (UMA Grant 3.6). */
export const rptRefreshGrantType = 'urn:uma-home:rpt-refresh';
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** A registered client. Devices ask, gateways guard; a client never changes from one to the other. */
export interface ClientRecord {
  clientId: string;
  kind: 'device' | 'gateway';
  name: string;
  jwk: PublicJwk & { kid?: string };
  /** RFC 7638; belongs to this client for ever. */
  thumbprint: string;
  grantTypes: string[];
  /** Where a person is sent back to after the claims page (UMA Grant 2, 3.3.2); compared exactly. */
  claimsRedirectUris?: string[];
  /** Registered scope, space separated; `uma_protection` only once an owner approved a gateway. */
  scope?: string;
  issuedAt: number;
  /** The owner whose registration token this gateway came with: its first device flow needs no other yes. */
  promised?: string;
  /** An owner has or had it: it is never forgotten to make room, and its key never comes back. */
  owned?: true;
  /** Once set, nobody can authenticate as this client; it is kept so that its key cannot come back. */
  endedAt?: number;
}

export interface ClientRecords {
  /** Ended ones are not found. */
  get(clientId: string): ClientRecord | undefined;
  /** Whoever has or had this key. */
  byThumbprint(thumbprint: string): ClientRecord | undefined;
  put(record: ClientRecord): void;
  /** Forgets a client that no owner ever had, and closes any other for ever. */
  end(clientId: string): void;
  /** Gateways that no owner approved, oldest first. */
  waitingGateways(): ClientRecord[];
}

const kind: TableKind<ClientRecord> = {
  name: 'clients',
  version: 2,
  read(stored, version) {
    if (typeof stored !== 'object' || stored === null || !('thumbprint' in stored)) throw new TypeError('not a client');
    const client = stored as ClientRecord;
    return version < 2 ? withDeviceGrant(client) : client;
  },
};

/**
 * Devices that registered before there was a way to claim them could not ask who their owner is. Saying so opens nothing,
 * so all of them may.
 */
function withDeviceGrant(client: ClientRecord): ClientRecord {
  const { kind: what, grantTypes } = client;
  if (what !== 'device' || grantTypes.includes(deviceGrantType)) return client;
  return { ...client, grantTypes: [...grantTypes, deviceGrantType] };
}

/** Opens the table of clients. Its callers wrap writes in a transaction. */
export function openClientRecords(store: GatewayStore, nowSeconds: () => number): ClientRecords {
  const rows = openIndexedTable(store, kind, {
    thumbprint: (client: ClientRecord) => client.thumbprint,
    waiting: (client: ClientRecord) => (client.kind === 'gateway' && !isOwned(client) ? 'yes' : undefined),
  });
  return {
    get(clientId) {
      const record = rows.get(clientId);
      return record?.endedAt === undefined ? record : undefined;
    },
    byThumbprint: (thumbprint) => rows.by('thumbprint', thumbprint, { limit: 1 })[0],
    put: (record) => rows.put(record.clientId, record),
    end(clientId) {
      const record = rows.get(clientId);
      if (record === undefined) return;
      if (isOwned(record)) rows.put(clientId, { ...record, endedAt: nowSeconds() });
      else rows.remove(clientId);
    },
    waitingGateways: () => rows.by('waiting', 'yes').sort((one, other) => one.issuedAt - other.issuedAt),
  };
}

/** Whatever little an owner gave it; records of before there was a mark tell by what they may. */
function isOwned(client: ClientRecord): boolean {
  return client.owned === true || isApproved(client);
}

/** Only an owner's approval puts `uma_protection` into the registered scope. */
export function isApproved(client: ClientRecord): boolean {
  return client.scope?.split(' ').includes('uma_protection') === true;
}

/** The client as RFC 7591 3.2.1 answers it. */
export function metadataOf(client: ClientRecord): ClientMetadata {
  return {
    client_id: client.clientId,
    client_id_issued_at: client.issuedAt,
    client_name: client.name,
    dpop_bound_access_tokens: true,
    grant_types: [...client.grantTypes],
    jwks: { keys: [{ ...client.jwk }] },
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    ...(client.scope === undefined ? {} : { scope: client.scope }),
    ...(client.claimsRedirectUris === undefined ? {} : { claims_redirect_uris: [...client.claimsRedirectUris] }),
  };
}

/**
 * The same for `oidc-provider`, which knows no scopes but the server's own, nothing of claims, and no refresh tokens but
 * those of gateways: a device's renew requesting party tokens, by a grant of ours.
 */
export function providerMetadataOf(client: ClientRecord): ClientMetadata {
  const { scope = '', claims_redirect_uris: _, grant_types: grantTypes = [], ...rest } = metadataOf(client);
  const ofDevice = (type: string) => (type === 'refresh_token' ? rptRefreshGrantType : type);
  const metadata = { ...rest, grant_types: client.kind === 'device' ? grantTypes.map(ofDevice) : grantTypes };
  const own = scope.split(' ').filter((word) => serverScopes.includes(word));
  return own.length === 0 ? metadata : { ...metadata, scope: own.join(' ') };
}
