/** device-identity: the life of a device after it was provisioned. */
import type { NodeDef } from 'node-red';
import type { DeviceStatus, Gateway } from '../gateway/gateway.ts';
import type { Claims, Meant } from './claim.ts';
import { connectionOf } from './config-nodes.ts';
import { FlowError } from './flow-error.ts';
import type { Arrival, Ending, Host, Message } from './host.ts';
import { deviceName, type Naming, nameOf, readNaming, serverOf } from './naming.ts';

const IDENTITY_ACTIONS = ['status', 'claim', 'rotate', 'suspend', 'resume', 'retire', 'watch'] as const;
type IdentityAction = (typeof IDENTITY_ACTIONS)[number];

/** What the form of device-identity stores. */
export interface IdentityConfig extends NodeDef {
  server?: string;
  action?: string;
  deviceType?: string;
}

export interface IdentitySettings {
  server: string | undefined;
  /** Fixed here: a message must not choose to resume. */
  action: IdentityAction | undefined;
  device: Naming;
  /** For *watch*. */
  everyDevice: boolean;
}

const OPENS_WITHIN_MS = 10_000;

export function readIdentitySettings(config: IdentityConfig): IdentitySettings {
  return {
    server: config.server,
    action: IDENTITY_ACTIONS.find((action) => action === (config.action || 'status')),
    device: readNaming(config, 'device'),
    everyDevice: config.deviceType === 'every',
  };
}

export function identityServer(host: Host, settings: IdentitySettings): string | undefined {
  return serverOf(host, 'device', settings.device) ?? settings.server;
}

function perform(
  gateway: Gateway,
  action: Exclude<IdentityAction, 'claim' | 'rotate' | 'watch'>,
  device: string,
): Promise<DeviceStatus> {
  if (action === 'suspend') return gateway.suspend(device);
  if (action === 'retire') return gateway.retire(device);
  return action === 'resume' ? gateway.resume(device) : gateway.deviceStatus(device);
}

async function rotate(host: Host, gateway: Gateway, device: string): Promise<Ending> {
  const rotated = await gateway.rotate(device);
  const sentence = host.words({ key: 'node.device_rotated', values: { device: deviceName(gateway, device) } });
  return { output: 1, uma: { ...rotated, sentence }, phrase: 'active', about: rotated.device };
}

/** The device that a message means, and the gateway that knows it. */
async function meant(host: Host, msg: Message, settings: IdentitySettings): Promise<Meant> {
  const device = await nameOf(host, msg, 'device', settings.device);
  return { device, gateway: await connectionOf(host.red, [identityServer(host, settings)]).opened(OPENS_WITHIN_MS) };
}

/** One message of device-identity. */
export async function identity(
  host: Host,
  arrival: Arrival,
  settings: IdentitySettings,
  claims: Claims,
): Promise<Ending> {
  const { action } = settings;
  if (!action || action === 'watch') throw new FlowError('unknown_action');
  const find = () => meant(host, arrival.msg, settings);
  if (action === 'claim') return claims.claim(host, arrival.msg, find);
  const { gateway, device } = await find();
  if (action === 'rotate') return rotate(host, gateway, device);
  const status = await perform(gateway, action, device);
  const sentence = host.words({ key: `node.device_${status.state}`, values: { device: deviceName(gateway, device) } });
  const uma = action === 'status' ? { ...status } : { device: status.device, state: status.state };
  return { output: 1, uma: { ...uma, sentence }, phrase: status.state, about: status.device };
}
