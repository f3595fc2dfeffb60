/** What uma-request says about a call, with names that a person knows. */
import type { CallWish, Gateway } from '../gateway/gateway.ts';
import type { Host } from './host.ts';
import { deviceName, resourceName } from './naming.ts';

/** Without a resource of ours, its address is what a person knows. */
export function named(gateway: Gateway, wish: CallWish): { device: string; resource: string } {
  const host = URL.canParse(wish.url) ? new URL(wish.url).host : wish.url;
  return {
    device: deviceName(gateway, wish.device),
    resource: wish.resource ? resourceName(gateway, wish.resource) : host,
  };
}

/** What both ways of sending say on output 1. */
export function allowedUma(host: Host, gateway: Gateway, wish: CallWish): object {
  const values = { ...named(gateway, wish), scopes: wish.scopes.join(' ') };
  return {
    outcome: 'allowed',
    device: wish.device,
    ...(wish.resource && { resource: wish.resource }),
    scopes: wish.scopes,
    sentence: host.words({ key: 'node.allowed', values }),
  };
}
