/** What uma-request says about a call, with names that a person knows. */
import type { CallWish, Gateway } from '../gateway/gateway.ts';
import type { Host } from './host.ts';
import { deviceName, resourceName } from './naming.ts';
import type { Named } from './not-allowed.ts';
import type { Pass } from './passes.ts';

/** Without a resource of ours, its address is what a person knows. */
export function named(gateway: Gateway, wish: CallWish): Named {
  const host = URL.canParse(wish.url) ? new URL(wish.url).host : wish.url;
  return {
    device: deviceName(gateway, wish.device),
    resource: wish.resource ? resourceName(gateway, wish.resource) : host,
    scopes: wish.scopes.join(' '),
  };
}

/** What both ways of sending say on output 1. */
export function allowedUma(host: Host, gateway: Gateway, wish: CallWish): object {
  const values = { ...named(gateway, wish) };
  const key = wish.scopes.length > 0 ? 'node.allowed' : 'node.allowed_to_use';
  return {
    outcome: 'allowed',
    device: wish.device,
    ...(wish.resource && { resource: wish.resource }),
    scopes: wish.scopes,
    sentence: host.words({ key, values }),
  };
}

/** What a call went through by. */
export function passOf(gateway: Gateway, { device, resource }: CallWish): Pass {
  return { device: gateway.deviceId(device), resource: resource && gateway.resourceId(resource) };
}

/** A resource of others has to be asked first what it wants: the message goes out bare, and its 401 comes back. */
export function askingUma(host: Host, gateway: Gateway, wish: CallWish): object {
  const sentence = host.words({ key: 'node.asking', values: { ...named(gateway, wish) } });
  return { outcome: 'asking', device: wish.device, scopes: wish.scopes, sentence };
}
