/** device-identity, *watch*: one message for each state that changes, wherever that was done. */
import type { DeviceNews, Gateway } from '../gateway/gateway.ts';
import { connectionOf } from './config-nodes.ts';
import type { Host, Message } from './host.ts';
import type { IdentitySettings } from './identity.ts';
import { deviceName, nameOf } from './naming.ts';
import { complain, keepWatches, type Watches } from './watches.ts';

/** Call once for a type of nodes. */
export const keepDeviceWatches = (): Watches<DeviceNews> => keepWatches<DeviceNews>();

/** Which device, or undefined for every one. */
type Wanted = string | undefined;

export async function watchDevices(
  host: Host,
  server: string | undefined,
  { device, everyDevice }: IdentitySettings,
  watches: Watches<DeviceNews>,
): Promise<void> {
  try {
    const connection = connectionOf(host.red, [server]);
    const wanted = everyDevice ? undefined : await nameOf(host, {} as Message, 'device', device);
    if (host.closed.aborted) return;
    watches.open(host, {
      connection,
      // All of it: which device is meant may be another after a deploy.
      subscribe: (gateway, tell) => gateway.watchDevices(tell),
      leave: (gateway, news) => isMeant(gateway, news, wanted) && leave(host, gateway, news),
    });
  } catch (error) {
    complain(host, error);
  }
}

function isMeant(gateway: Gateway, { device, key }: DeviceNews, wanted: Wanted): boolean {
  return wanted === undefined || wanted === key || wanted === device || gateway.deviceId(wanted) === device;
}

function leave(host: Host, gateway: Gateway, { device, state, before, why }: DeviceNews): void {
  const name = deviceName(gateway, device);
  const sentence = host.words({ key: `node.device_${state}`, values: { device: name } });
  host.light.show(state);
  const msg = { _msgid: host.red.util.generateId(), topic: name, payload: sentence };
  host.node.send({ ...msg, uma: { device, state, before, why, sentence } });
}
