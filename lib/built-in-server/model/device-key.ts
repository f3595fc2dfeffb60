import type { DeviceParts } from './devices.ts';
import { announceEnded } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import type { DeviceRecord } from './records.ts';
import { tellConcerned } from './tell-concerned.ts';

/** All of them are remembered for ever. */
const MOST_KEYS = 1000;

/** @throws ModelError `device_retired`, `device_not_active` */
export function refuseInactive(device: DeviceRecord): asserts device is DeviceRecord & { owner: string } {
  const { owner, state } = device;
  if (state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
  if (state !== 'active' || owner === undefined)
    throw new ModelError('device_not_active', 'only an active device changes its key');
}

/** See `Devices.changeKey`. Whether the caller holds both keys is not the model's to judge. */
export function changeKey(parts: DeviceParts, device: DeviceRecord, jkt: string): number[] {
  const { tables, history, nowSeconds } = parts;
  refuseInactive(device);
  const { clientId, owner, thumbprints } = device;
  if (tables.devices.by('thumbprint', jkt, { limit: 1 }).length > 0)
    throw new ModelError('key_taken', 'this key is or was registered; every client has its own');
  if (thumbprints.length >= MOST_KEYS) throw new ModelError('too_many', 'this device has had too many keys');
  const at = nowSeconds();
  tables.devices.put(clientId, { ...device, thumbprints: [...thumbprints, jkt], keyChangedAt: at });
  const by = { kind: 'device', device: clientId } as const;
  const values = { from: thumbprints.at(-1) ?? '', to: jkt };
  history.add({ what: 'device_key_changed', by, owner, device: clientId, values });
  const told = tellConcerned(parts, device, { type: 'device-key', at, device: clientId, jkt });
  // A stolen old key must be of no use: a token bound to it would serve the thief for five more minutes.
  return [...told, ...announceEnded(parts.issued.endByDevice(clientId), at, parts.events.add)];
}
