import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import type { Permission, Seconds } from '../../uma/permission.ts';
import { openIndexedTable } from './indexed-table.ts';
import type { EndedToken } from './issued-tokens.ts';

/**
 * What the server remembers of a requesting party token. The token is a signed JWT and is kept nowhere; this shadow of
 * it, under `sha256(token)`, is what introspection and revocation speak about.
 */
export interface RptRecord {
  hash: string;
  device: string;
  /** Audience: the resource server that owns the resources. */
  gateway: string;
  owner: string;
  jkt: string;
  issuedAt: Seconds;
  expiresAt: Seconds;
  permissions: Permission[];
}

export interface Rpts {
  put(record: RptRecord): void;
  /** Alive ones only. */
  get(hash: string): RptRecord | undefined;
  end(hash: string): EndedToken[];
  endWhere(index: RptIndex, id: string): EndedToken[];
  /** Drops what has expired. */
  sweep(): void;
}

export type RptIndex = 'share' | 'device' | 'resource' | 'gateway';

const kind: TableKind<RptRecord> = {
  name: 'rpts',
  version: 1,
  read(stored) {
    if (typeof stored !== 'object' || stored === null || !('permissions' in stored)) throw new TypeError('not an RPT');
    return stored as RptRecord;
  },
};

export function openRpts(store: GatewayStore, nowSeconds: () => number): Rpts {
  const rows = openIndexedTable(store, kind, {
    share: (rpt: RptRecord) => rpt.permissions.flatMap((permission) => permission.share ?? []),
    device: (rpt: RptRecord) => rpt.device,
    resource: (rpt: RptRecord) => rpt.permissions.map((permission) => permission.resource),
    gateway: (rpt: RptRecord) => rpt.gateway,
  });
  const alive = (rpt: RptRecord) => rpt.expiresAt > nowSeconds();
  const end = (records: RptRecord[]): EndedToken[] => {
    for (const { hash } of records) rows.remove(hash);
    return records.filter(alive).map(({ hash, gateway }) => ({ hash, gateway }));
  };
  return {
    put(record) {
      rows.put(record.hash, record);
    },
    get(hash) {
      const record = rows.get(hash);
      return record !== undefined && alive(record) ? record : undefined;
    },
    end: (hash) => end([rows.get(hash)].flatMap((record) => record ?? [])),
    endWhere: (index, id) => end(rows.by(index, id)),
    sweep: () => {
      end(rows.all().filter((record) => !alive(record)));
    },
  };
}
