import type { Text } from './text.ts';

export type DeviceState = 'unprovisioned' | 'provisioned' | 'active' | 'quarantined' | 'retired';

/**
 * How a device stands: the same words wherever a person reads it, on the owner's pages and in the editor.
 * @param allStopped - a panic is on: a device that could act may not, though its own state is what it was
 */
export function deviceStateText(state: DeviceState, allStopped = false): Text {
  return { key: isHalted(state, allStopped) ? 'sentence.device_halted' : `sentence.device_${state}` };
}

/** Only the panic keeps it from acting. */
export function isHalted(state: DeviceState, allStopped: boolean): boolean {
  return allStopped && state === 'active';
}
