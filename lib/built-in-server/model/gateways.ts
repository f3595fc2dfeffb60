import { type InFlows, noteInFlows } from './in-flows.ts';
import type { RowRange } from './indexed-table.ts';
import type { GatewayRecord } from './records.ts';
import type { Tables } from './tables.ts';

export interface Gateways {
  get(clientId: string): GatewayRecord | undefined;
  put(record: GatewayRecord): void;
  byThumbprint(jkt: string): GatewayRecord | undefined;
  list(range: { owner: string } & RowRange): GatewayRecord[];
  remove(clientId: string): void;
  /** See `noteInFlows`. */
  inFlows(clientId: string, there: InFlows): void;
}

export function createGateways(tables: Pick<Tables, 'gateways' | 'devices' | 'resources'>): Gateways {
  const rows = tables.gateways;
  return {
    get: (clientId) => rows.get(clientId),
    put: (record) => rows.put(record.clientId, record),
    byThumbprint: (jkt) => rows.by('thumbprint', jkt, { limit: 1 })[0],
    list: ({ owner, ...range }) => rows.by('owner', owner, range),
    remove: (clientId) => rows.remove(clientId),
    inFlows: (clientId, there) => noteInFlows(tables, clientId, there),
  };
}
