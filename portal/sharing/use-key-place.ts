import type { Party } from '../../lib/sharing/share.ts';
import { useTopic } from '../shell/portal.ts';

/** Where the key of whoever something is shared with lives: in the device itself, elsewhere, or that cannot be said. */
export type KeyPlace = 'own' | 'elsewhere' | 'unknown';

/** Of a person it cannot be said: they use what they have at hand. */
export function useKeyPlace({ kind, id }: Party): KeyPlace {
  const devices = useTopic('devices').value ?? [];
  const device = kind === 'device' ? devices.find((one) => one.id === id) : undefined;
  if (device === undefined) return 'unknown';
  return device.assurance === 'device' ? 'own' : 'elsewhere';
}
