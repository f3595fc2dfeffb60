import type { RowRange } from './indexed-table.ts';
import type { GatewayRecord } from './records.ts';
import type { Tables } from './tables.ts';

export interface Gateways {
  get(clientId: string): GatewayRecord | undefined;
  put(record: GatewayRecord): void;
  byThumbprint(jkt: string): GatewayRecord | undefined;
  list(range: { owner: string } & RowRange): GatewayRecord[];
  remove(clientId: string): void;
}

export function createGateways({ gateways: rows }: Pick<Tables, 'gateways'>): Gateways {
  return {
    get: (clientId) => rows.get(clientId),
    put: (record) => rows.put(record.clientId, record),
    byThumbprint: (jkt) => rows.by('thumbprint', jkt, { limit: 1 })[0],
    list: ({ owner, ...range }) => rows.by('owner', owner, range),
    remove: (clientId) => rows.remove(clientId),
  };
}
