import type { Ended } from './ends.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import type { Actor, GatewayRecord } from './records.ts';
import type { Tables } from './tables.ts';

export interface StopParts {
  tables: Pick<Tables, 'gateways' | 'devices' | 'resources'>;
  nowSeconds(): number;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
  retire(device: string, why: string, by: Actor): Ended;
  removeResource(id: string, by: Actor): Ended;
}

/**
 * *Stop this gateway*: ends every device whose key it holds, its resources with their shares (nobody guards them any
 * more), its tokens and its client. What stays is a record of its key, so that it does not come in again.
 */
export function stopGateway(parts: StopParts, gateway: GatewayRecord, by: Actor): Ended {
  const { tables, issued, history, events } = parts;
  const { owner, resources: _, ...rest } = gateway;
  const id = gateway.clientId;
  const at = parts.nowSeconds();
  const held = tables.devices.by('gateway', id).filter((device) => device.state !== 'retired');
  const devices = held.map((device) => parts.retire(device.clientId, 'gateway_stopped', by));
  for (const device of held) issued.endClient(device.clientId);
  const resources = tables.resources.by('gateway', id).map((resource) => parts.removeResource(resource.id, by));
  const tokens = announceEnded(issued.endByGateway(id), at, events.add);
  issued.endClient(id);
  tables.gateways.put(id, { ...rest, scopes: [], stopped: at });
  const whose = owner === undefined ? {} : { owner };
  history.add({ what: 'gateway_stopped', by, ...whose, values: { gateway: id, name: gateway.name } });
  const all = [...devices, ...resources];
  return { at, ended: all.flatMap((end) => end.ended), events: [...all.flatMap((end) => end.events), ...tokens] };
}
