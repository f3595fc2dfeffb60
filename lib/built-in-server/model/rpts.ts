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
  /** Who uses the device, where they have said so. */
  person?: string;
  jkt: string;
  issuedAt: Seconds;
  expiresAt: Seconds;
  permissions: Permission[];
}

export interface Rpts {
  put(record: RptRecord): void;
  /** Alive ones only. */
  get(hash: string): RptRecord | undefined;
  /** How many rest on this share, with those that expired a moment ago. */
  countOfShare(share: string): number;
  /** Forgets the oldest that rest on this share, until there is room for one more. Nobody is told. */
  makeRoom(share: string, most: number): void;
  end(hash: string): EndedToken[];
  /** @param fits - of those only these */
  endWhere(index: RptIndex, id: string, fits?: (rpt: RptRecord) => boolean): EndedToken[];
  /** Those that name this person as the requesting party. */
  endOfPerson(name: string): EndedToken[];
  /** Takes what rests on this share out of every token, and forgets those of which nothing is left. */
  spend(share: string): void;
  endAll(): EndedToken[];
  /** Drops what has expired. */
  sweep(): void;
}

/** How a device's refresh token is told from those of gateways, which are the provider's. */
export const refreshPrefix = 'rr_';

/** The most leeway that a gateway may grant a token past its `exp`: so long an end is still worth telling. */
const HONOURED_AFTER_SECONDS = 60;

export type RptIndex = 'share' | 'device' | 'resource' | 'gateway';

function kindOf(name: string): TableKind<RptRecord> {
  return {
    name,
    version: 1,
    read(stored) {
      if (typeof stored !== 'object' || stored === null || !('permissions' in stored))
        throw new TypeError('not an RPT');
      return stored as RptRecord;
    },
  };
}

/**
 * @param name - `rpts`, or `rpt-refreshes`: a refresh token (UMA Grant 3.6) is known in the same way and ends with the same
 *   things; its `expiresAt` is that of the shares behind it
 */
export function openRpts(store: GatewayStore, nowSeconds: () => number, name: 'rpts' | 'rpt-refreshes' = 'rpts'): Rpts {
  const rows = openIndexedTable(store, kindOf(name), {
    share: (rpt: RptRecord) => rpt.permissions.flatMap((permission) => permission.share ?? []),
    device: (rpt: RptRecord) => rpt.device,
    resource: (rpt: RptRecord) => rpt.permissions.map((permission) => permission.resource),
    gateway: (rpt: RptRecord) => rpt.gateway,
  });
  const alive = (rpt: RptRecord) => rpt.expiresAt > nowSeconds();
  const honoured = (rpt: RptRecord) => rpt.expiresAt + HONOURED_AFTER_SECONDS > nowSeconds();
  const end = (records: RptRecord[]): EndedToken[] => {
    for (const { hash } of records) rows.remove(hash);
    return records.filter(honoured).map(({ hash, gateway }) => ({ hash, gateway }));
  };
  return {
    put(record) {
      rows.put(record.hash, record);
    },
    get(hash) {
      const record = rows.get(hash);
      return record !== undefined && alive(record) ? record : undefined;
    },
    makeRoom(share, most) {
      if (rows.count('share', share) < most) return;
      const oldestFirst = rows.by('share', share).sort((one, other) => one.issuedAt - other.issuedAt);
      for (const { hash } of oldestFirst.slice(0, oldestFirst.length + 1 - most)) rows.remove(hash);
    },
    countOfShare: (share) => rows.count('share', share),
    end: (hash) => end([rows.get(hash)].flatMap((record) => record ?? [])),
    endWhere: (index, id, fits = () => true) => end(rows.by(index, id).filter(fits)),
    endOfPerson: (name) => end(rows.all().filter(({ person }) => person === name)),
    spend(share) {
      for (const rpt of rows.by('share', share)) {
        const permissions = rpt.permissions.filter((permission) => permission.share !== share);
        if (permissions.length > 0) rows.put(rpt.hash, { ...rpt, permissions });
        else rows.remove(rpt.hash);
      }
    },
    endAll: () => end(rows.all()),
    sweep: () => {
      end(rows.all().filter((record) => !honoured(record)));
    },
  };
}
