import type { Text } from './text.ts';

export type DeviceState = 'unprovisioned' | 'provisioned' | 'active' | 'quarantined' | 'retired';

/** How a device stands: the same words wherever a person reads it, on the owner's pages and in the editor. */
export function deviceStateText(state: DeviceState): Text {
  return { key: `sentence.device_${state}` };
}
