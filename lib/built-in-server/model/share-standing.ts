import { holding } from '../../sharing/conditions.ts';
import type { Seconds } from '../../sharing/share.ts';
import type { DeviceRecord, ShareRecord } from './records.ts';

/**
 * What a share is to its device at a moment. `later`: nothing now, although its owner has said yes and need not be asked
 * again: outside its hours, before its time, while its only message is out, or to a key of another kind.
 */
export type ShareStanding = 'open' | 'later' | 'over';

export function standingOf(share: ShareRecord, device: DeviceRecord | undefined, now: Seconds): ShareStanding {
  if (share.ended) return 'over';
  switch (holding(share.conditions, now, { ownKey: hasOwnKey(device) })) {
    case 'holds':
      return (share.lentUntil ?? 0) > now ? 'later' : 'open';
    case 'not_yet':
    case 'outside_hours':
    case 'other_key':
      return 'later';
    default:
      return 'over';
  }
}

/** Whether a key lives in the device itself is the server's word, from how it was registered. */
export function hasOwnKey(device: Pick<DeviceRecord, 'assurance'> | undefined): boolean {
  return device?.assurance === 'device';
}
