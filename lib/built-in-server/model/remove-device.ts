import type { Ended } from './ends.ts';
import type { History } from './history.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import type { Actor, DeviceRecord } from './records.ts';
import type { Tables } from './tables.ts';

export interface RemoveParts {
  tables: Pick<Tables, 'devices'>;
  nowSeconds(): number;
  history: Pick<History, 'add'>;
  issued: Pick<IssuedTokens, 'endClient'>;
  retire(clientId: string, why: string, by: Actor): Ended;
}

/** See `Model.devices.remove`. */
export function removeDevice(parts: RemoveParts, device: DeviceRecord, owner: string, by: Actor): Ended {
  const { tables, issued, nowSeconds } = parts;
  const { clientId, name, state } = device;
  const nothing = { at: nowSeconds(), ended: [], events: [] };
  const done =
    device.owner === undefined || state === 'retired' ? nothing : parts.retire(clientId, 'device_removed', by);
  issued.endClient(clientId);
  if (device.owner === undefined) tables.devices.remove(clientId);
  else tables.devices.put(clientId, tombstone(device, nowSeconds()));
  parts.history.add({ what: 'device_removed', by, owner, device: clientId, values: { name } });
  return done;
}

function tombstone(device: DeviceRecord, removedAt: number): DeviceRecord {
  const { owner: _, gateway: __, ...rest } = device;
  return { ...rest, state: 'retired', removedAt };
}
