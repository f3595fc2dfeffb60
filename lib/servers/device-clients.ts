import { keyHolderClient, type UmaClient } from '../uma/client.ts';
import type { DeviceClient } from './authorization-server.ts';
import type { Link } from './link.ts';

/** A device as a client of the server: one for each key, which its keeper holds, because it remembers the server's nonces. */
export type DeviceClients = (device: DeviceClient, signal?: AbortSignal) => Promise<UmaClient>;

export function createDeviceClients(link: Link): DeviceClients {
  const clients = new WeakMap<CryptoKey, UmaClient>();
  return async (device, signal) => {
    const known = clients.get(device.privateKey);
    if (known?.client.client_id === device.clientId) return known;
    const client = await keyHolderClient(await link.metadata(signal), device);
    clients.set(device.privateKey, client);
    return client;
  };
}
