import type { Events } from './events.ts';
import type { Change, DeviceRecord } from './records.ts';
import type { Tables } from './tables.ts';

interface TellParts {
  tables: Pick<Tables, 'shares'>;
  events: Pick<Events, 'add'>;
}

/**
 * Tells a device's news to whom it concerns: the gateway that holds its key, and those that guard what is shared with it.
 * @returns the events' numbers
 */
export function tellConcerned({ tables, events }: TellParts, device: DeviceRecord, change: Change): number[] {
  const guarding = tables.shares.by('device', device.clientId).map((share) => share.gateway);
  const concerned = device.gateway === undefined ? guarding : [device.gateway, ...guarding];
  return concerned.length === 0 ? [] : [events.add(change, concerned)];
}
