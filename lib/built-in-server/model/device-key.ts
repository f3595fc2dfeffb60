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

export interface KeyChange {
  /** Of the new key. */
  thumbprint: string;
  /** So long, in seconds, what is bound to the old key stays good; 0: it ends in this step. */
  overlapSeconds: number;
}

/** See `Devices.changeKey`. Whether the caller holds both keys is not the model's to judge. */
export function changeKey(parts: DeviceParts, device: DeviceRecord, change: KeyChange): number[] {
  const { tables, history, nowSeconds } = parts;
  const { thumbprint: jkt, overlapSeconds } = change;
  refuseInactive(device);
  const { clientId, owner, thumbprints } = device;
  if (tables.devices.by('thumbprint', jkt, { limit: 1 }).length > 0)
    throw new ModelError('key_taken', 'this key is or was registered; every client has its own');
  if (thumbprints.length >= MOST_KEYS) throw new ModelError('too_many', 'this device has had too many keys');
  const at = nowSeconds();
  const from = thumbprints.at(-1) ?? '';
  // One overlap at a time: an earlier one ends here.
  const before = endOverlap(parts, device);
  const { overlap: _, ...rest } = device;
  const overlap = overlapSeconds > 0 ? { overlap: { thumbprint: from, until: at + overlapSeconds } } : {};
  tables.devices.put(clientId, { ...rest, ...overlap, thumbprints: [...thumbprints, jkt], keyChangedAt: at });
  const by = { kind: 'device', device: clientId } as const;
  history.add({ what: 'device_key_changed', by, owner, device: clientId, values: { from, to: jkt } });
  const told = tellConcerned(parts, device, { type: 'device-key', at, device: clientId, jkt });
  // A stolen old key must be of no use: a token bound to it would serve the thief for five more minutes.
  const ended = overlapSeconds > 0 ? [] : announceEnded(parts.issued.endByDevice(clientId), at, parts.events.add);
  return [...before, ...told, ...ended];
}

/** When the next overlap is over, in seconds since 1970. One that lies too far ahead was made by a clock that was. */
export function nextOverlapEnd({ tables, nowSeconds }: DeviceParts): number | undefined {
  const ends = tables.devices.by('overlap', 'yes').map(({ overlap }) => overlap?.until ?? 0);
  if (ends.length === 0) return undefined;
  return ends.some((until) => until > nowSeconds() + MOST_OVERLAP_SECONDS) ? nowSeconds() : Math.min(...ends);
}

/** Ends whatever is bound to old keys whose overlap is over. @returns the events' numbers */
export function endOverlaps(parts: DeviceParts): number[] {
  const { tables, nowSeconds } = parts;
  const now = nowSeconds();
  const isOver = (until: number) => until <= now || until > now + MOST_OVERLAP_SECONDS;
  const over = tables.devices.by('overlap', 'yes').filter(({ overlap }) => overlap && isOver(overlap.until));
  return over.flatMap((device) => {
    const { overlap: _, ...rest } = device;
    tables.devices.put(device.clientId, rest);
    return endOverlap(parts, device);
  });
}

const MOST_OVERLAP_SECONDS = 60;

function endOverlap({ issued, events, nowSeconds }: DeviceParts, { clientId, overlap }: DeviceRecord): number[] {
  if (overlap === undefined) return [];
  return announceEnded(issued.endByKey(clientId, overlap.thumbprint), nowSeconds(), events.add);
}
