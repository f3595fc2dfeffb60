import type { Events } from './events.ts';
import type { History } from './history.ts';
import type { RowRange } from './indexed-table.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import type { Actor, GatewayRecord } from './records.ts';
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

export interface StopParts {
  tables: Pick<Tables, 'gateways' | 'devices'>;
  nowSeconds(): number;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
  retire(device: string, why: string, by: Actor): number[];
}

/**
 * *Stop this gateway*: ends its client, its tokens, every RPT for it, and every device whose key it holds; the record goes too.
 * @returns the numbers of the events
 */
export function stopGateway(parts: StopParts, gateway: GatewayRecord, by: Actor): number[] {
  const { tables, issued, history, events } = parts;
  const id = gateway.clientId;
  const held = tables.devices.by('gateway', id).filter((device) => device.state !== 'retired');
  const told = held.flatMap((device) => parts.retire(device.clientId, 'gateway_stopped', by));
  for (const device of held) issued.endClient(device.clientId);
  const ended = announceEnded(issued.endByGateway(id), parts.nowSeconds(), events.add);
  issued.endClient(id);
  tables.gateways.remove(id);
  const owner = gateway.owner === undefined ? {} : { owner: gateway.owner };
  history.add({ what: 'gateway_stopped', by, ...owner, values: { gateway: id, name: gateway.name } });
  return [...told, ...ended];
}
