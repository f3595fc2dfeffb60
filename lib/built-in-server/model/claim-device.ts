import type { Devices } from './devices.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Panic } from './panic.ts';
import type { Actor, DeviceRecord } from './records.ts';
import type { Shares } from './shares.ts';

export interface ClaimParts {
  nowSeconds(): number;
  devices: Pick<Devices, 'get' | 'claim' | 'giveAway'>;
  shares: Pick<Shares, 'ofDevice' | 'end'>;
  requests: Pick<OpenRequests, 'removeDevice'>;
  panic: Pick<Panic, 'refuse'>;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: Pick<IssuedTokens, 'endByDevice' | 'endClientsPeople'>;
}

export interface ClaimWish {
  device: string;
  owner: string;
  /** What its new owner calls it. */
  name?: string;
}

/**
 * A device whose own key asked for it becomes this owner's: one that is nobody's, or another owner's, whose shares with it
 * all end. One that is suspended, or whose owner has stopped everything, stays where it is: nobody gets out of that by
 * changing hands.
 *
 * @returns the device, and the numbers of the events
 * @throws ModelError as `Devices.claim`, and `device_suspended`, `panic_active`
 */
export function claimByCode(parts: ClaimParts, wish: ClaimWish, by: Actor): { device: DeviceRecord; events: number[] } {
  const { devices } = parts;
  const before = devices.get(wish.device);
  const events =
    before?.owner === undefined || before.owner === wish.owner ? [] : takeFrom(parts, before.owner, before);
  return { device: devices.claim(wish.device, wish.owner, by, wish.name), events };
}

function takeFrom(parts: ClaimParts, owner: string, device: DeviceRecord): number[] {
  const { shares, issued, history, events, nowSeconds } = parts;
  const { clientId, state } = device;
  if (state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
  if (state !== 'active') throw new ModelError('device_suspended', 'a suspended device does not change hands');
  parts.panic.refuse(owner);
  // Neither owner learns the other's name: the device asked for it.
  const by = { kind: 'device', device: clientId } as const;
  const ended = shares
    .ofDevice(clientId)
    .flatMap((share) => shares.end(share.id, 'device_transferred', by)?.events ?? []);
  parts.requests.removeDevice(clientId);
  issued.endClientsPeople(clientId);
  const tokens = announceEnded(issued.endByDevice(clientId), nowSeconds(), events.add);
  history.add({ what: 'device_transferred', by, owner, device: clientId, values: { name: device.name } });
  parts.devices.giveAway(clientId);
  return [...ended, ...tokens];
}
