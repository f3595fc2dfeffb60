import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { GatewayStore } from '../../store/gateway-store.ts';
import { sha256 } from '../model/ids.ts';
import { type Pcts, pctPrefix } from '../model/pcts.ts';
import { type RptRecord, type Rpts, refreshPrefix } from '../model/rpts.ts';
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
  refreshes: Rpts;
  pcts: Pcts;
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
    async find(id) {
      if (codes.polledTooSoon(id)) throw new errors.SlowDown();
      return codes.find(id);
    },
    destroy: async (id) => {
      codes.take(id);
    },
    async consume(id) {
      // The provider looked before and will issue after: the one who takes it here is the only one.
      if (!codes.take(id)) throw new errors.InvalidGrant('device code already consumed');
    },
  };
}

function tokenAdapter(parts: AdapterParts, kind: KeptTokenKind): Adapter {
  const { store, tokens } = parts;
  return {
    ...nothing,
    upsert: (id, payload) => store.transaction(() => tokens.put(kind, id, payload)),
    async find(id) {
      const handle = kind === 'AccessToken' ? readHandle(id) : undefined;
      return handle === undefined ? tokens.find(kind, id) : handledPayload(parts, id, handle);
    },
    destroy: (id) => store.transaction(() => tokens.remove(kind, id)),
    revokeByGrantId: (grantId) => store.transaction(() => tokens.removeGrant(grantId)),
  };
}

/** Tokens of ours that the provider knows nothing of, by what a client calls them. */
type Handled = 'rpt' | 'refresh' | 'pct';

export interface Handle {
  kind: Handled;
  hash: string;
}

const handleForm = /^(rpt|refresh|pct)\.([A-Za-z0-9_-]{43})$/;

/**
 * What the provider is given for a token that a client sent to be looked at or revoked: those of ours, which it would
 * refuse to look at, by their hash. A made-up handle names nothing.
 */
export function handleOf(token: string): string {
  const kind = kindOfToken(token);
  return kind === undefined ? token : `${kind}.${sha256(token)}`;
}

function kindOfToken(token: string): Handled | undefined {
  if (token.startsWith(pctPrefix)) return 'pct';
  if (token.startsWith(refreshPrefix)) return 'refresh';
  return token.split('.').length === 3 || handleForm.test(token) ? 'rpt' : undefined;
}

/** What a handle stands for, or nothing for any other token. */
export function readHandle(id: string): Handle | undefined {
  const [, kind, hash] = handleForm.exec(id) ?? [];
  return kind === undefined || hash === undefined ? undefined : { kind: kind as Handled, hash };
}

function handledPayload({ rpts, refreshes, pcts }: AdapterParts, id: string, { kind, hash }: Handle) {
  if (kind === 'pct') {
    const pct = pcts.get(hash);
    return pct && { kind: 'AccessToken', jti: id, iat: pct.issuedAt, exp: pct.expiresAt, clientId: pct.client };
  }
  const rpt = (kind === 'rpt' ? rpts : refreshes).get(hash);
  return rpt && rptPayload(id, rpt);
}

/** UMA Federated Authorization 5.1.1: `permissions`, and no `scope`. What limits them beside `exp` is our own. */
export function wirePermissions(rpt: RptRecord): object[] {
  return rpt.permissions.map(({ resource, scopes, exp, share, once, windowEnd }) => ({
    resource_id: resource,
    resource_scopes: scopes,
    ...(exp === undefined ? {} : { exp }),
    ...(share === undefined ? {} : { share }),
    ...(once === undefined ? {} : { once }),
    ...(windowEnd === undefined ? {} : { window_end: windowEnd }),
  }));
}

function rptPayload(id: string, rpt: RptRecord): AdapterPayload {
  return {
    kind: 'AccessToken',
    jti: id,
    iat: rpt.issuedAt,
    exp: rpt.expiresAt,
    clientId: rpt.device,
    accountId: rpt.person ?? rpt.device,
    aud: rpt.gateway,
    jkt: rpt.jkt,
    gty: 'uma-ticket',
    format: 'opaque',
    extra: { permissions: wirePermissions(rpt) },
  };
}
