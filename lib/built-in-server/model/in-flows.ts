import type { Tables } from './tables.ts';

/** Ids of what a gateway has in its flows: the whole of it. */
export interface InFlows {
  devices: readonly string[];
  resources: readonly string[];
}

/**
 * A gateway's word on what of its own is in a flow: all that it names, and nothing else. Ids of others are passed over. Call
 * it in a transaction; what stays as it was is not written.
 */
export function noteInFlows(
  { devices, resources }: Pick<Tables, 'devices' | 'resources'>,
  gateway: string,
  there: InFlows,
): void {
  const held = { devices: new Set(there.devices), resources: new Set(there.resources) };
  for (const device of devices.by('gateway', gateway)) {
    const inFlow = held.devices.has(device.clientId);
    if (device.inFlow !== inFlow) devices.put(device.clientId, { ...device, inFlow });
  }
  for (const resource of resources.by('gateway', gateway)) {
    const inFlow = held.resources.has(resource.id);
    if (resource.inFlow !== inFlow) resources.put(resource.id, { ...resource, inFlow });
  }
}
