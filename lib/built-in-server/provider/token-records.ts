import type { AdapterPayload } from 'oidc-provider';
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import { sha256 } from '../model/ids.ts';
import { openIndexedTable } from '../model/indexed-table.ts';

/** Tokens that outlive a restart. Requesting party tokens are not among them: see `model/rpts.ts`. */
export type KeptTokenKind = 'AccessToken' | 'ClientCredentials' | 'RefreshToken' | 'Grant';

export const keptTokenKinds: readonly string[] = ['AccessToken', 'ClientCredentials', 'RefreshToken', 'Grant'];

/** The payload as `oidc-provider` wrote it, without the token itself: the store knows a token only by its hash. */
interface TokenRecord {
  kind: KeptTokenKind;
  clientId: string;
  grantId?: string;
  owner?: string;
  issuedAt: number;
  expiresAt: number;
  payload: AdapterPayload;
}

export interface TokenRecords {
  find(kind: KeptTokenKind, token: string): AdapterPayload | undefined;
  /** Keeps the newest few of each kind per client, so that no client can fill the store. */
  put(kind: KeptTokenKind, token: string, payload: AdapterPayload): void;
  remove(kind: KeptTokenKind, token: string): void;
  removeGrant(grantId: string): void;
  removeOfClient(clientId: string): void;
  /** All that carries this owner's authority. */
  removeOfOwner(owner: string): void;
  /** All that was given under the server's old name, but for an owner's word to a gateway. */
  removeAtMove(isGateway: (clientId: string) => boolean): void;
  /** Drops what has expired. */
  sweep(): void;
}

const mostPerClient: Record<KeptTokenKind, number> = {
  AccessToken: 16,
  ClientCredentials: 16,
  RefreshToken: 4,
  Grant: 4,
};

const kind: TableKind<TokenRecord> = {
  name: 'oauth-tokens',
  version: 1,
  read(stored) {
    if (typeof stored !== 'object' || stored === null || !('payload' in stored)) throw new TypeError('not a token');
    return stored as TokenRecord;
  },
};

export function openTokenRecords(store: GatewayStore, nowSeconds: () => number): TokenRecords {
  const rows = openIndexedTable(store, kind, {
    client: (token: TokenRecord) => [token.clientId, `${token.kind} ${token.clientId}`],
    grant: (token: TokenRecord) => token.grantId,
    owner: (token: TokenRecord) => token.owner,
  });
  const keyOf = (tokenKind: KeptTokenKind, token: string) => `${tokenKind}.${sha256(token)}`;
  const keyOfPayload = (record: TokenRecord) => String(record.payload.jti);
  const removeAll = (records: TokenRecord[]) => {
    for (const record of records) rows.remove(keyOfPayload(record));
  };
  return {
    find(tokenKind, token) {
      const record = rows.get(keyOf(tokenKind, token));
      if (record === undefined || record.expiresAt <= nowSeconds()) return undefined;
      return { ...record.payload, jti: token };
    },
    put(tokenKind, token, payload) {
      const key = keyOf(tokenKind, token);
      rows.put(key, recordOf(tokenKind, key, payload, nowSeconds()));
      const held = rows.by('client', `${tokenKind} ${String(payload.clientId)}`);
      const surplus = held.length - mostPerClient[tokenKind];
      if (surplus > 0) removeAll(oldestFirst(held.filter((one) => keyOfPayload(one) !== key)).slice(0, surplus));
    },
    remove: (tokenKind, token) => rows.remove(keyOf(tokenKind, token)),
    removeGrant: (grantId) => removeAll(rows.by('grant', grantId)),
    removeOfClient: (clientId) => removeAll(rows.by('client', clientId)),
    removeOfOwner: (owner) => removeAll(rows.by('owner', owner)),
    removeAtMove: (isGateway) =>
      removeAll(rows.all().filter((record) => !(isOwnersWord(record.kind) && isGateway(record.clientId)))),
    sweep: () => removeAll(rows.all().filter((record) => record.expiresAt <= nowSeconds())),
  };
}

/** A refresh token goes to this server alone, with a proof by its gateway's key: it names no issuer to anybody. */
function isOwnersWord(tokenKind: KeptTokenKind): boolean {
  return tokenKind === 'RefreshToken' || tokenKind === 'Grant';
}

function oldestFirst(records: TokenRecord[]): TokenRecord[] {
  return records.sort((one, other) => one.issuedAt - other.issuedAt);
}

function recordOf(tokenKind: KeptTokenKind, key: string, payload: AdapterPayload, now: number): TokenRecord {
  const grantId = tokenKind === 'Grant' ? payload.jti : payload.grantId;
  return {
    kind: tokenKind,
    clientId: String(payload.clientId),
    ...(grantId === undefined ? {} : { grantId }),
    ...(payload.accountId === undefined ? {} : { owner: payload.accountId }),
    issuedAt: payload.iat ?? now,
    expiresAt: payload.exp ?? now,
    payload: { ...payload, jti: key },
  };
}
