/** Devices of one name, of which there may be several: most often one that is retired, and the one that came instead. */
import type { DeviceRecord } from '../wire/records.ts';

type Named = Pick<DeviceRecord, 'id' | 'name' | 'nameTaken' | 'state' | 'createdAt'>;

/** Does another that is in use go by its name? One that is retired cannot be taken for it, and is not. */
export function isNameShared(device: Named, devices: readonly Named[]): boolean {
  if (!device.nameTaken || device.state === 'retired') return false;
  const others = sameName(device, devices);
  // The server may know of some that are not in the list.
  return others.length === 0 || others.some(({ state }) => state !== 'retired');
}

/** Has a new one of its name come in the place of one that is retired? */
export function isSucceeded(device: Named, devices: readonly Named[]): boolean {
  if (device.state !== 'retired') return false;
  return sameName(device, devices).some(({ state, createdAt }) => state !== 'retired' && createdAt >= device.createdAt);
}

function sameName({ id, name }: Named, devices: readonly Named[]): Named[] {
  const key = name.toLowerCase();
  return devices.filter((other) => other.id !== id && other.name.toLowerCase() === key);
}
