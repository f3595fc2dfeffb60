/** The reverse proxies in front of the server, and whom they speak for. */
import { BlockList, isIP } from 'node:net';
import { ServerStartError } from '../errors.ts';

export interface Proxies {
  has(address: string): boolean;
  /** Who sent this to the last proxy that is known; the proxy itself where it does not say. */
  sender(peer: string, forwardedFor: string): string;
}

/**
 * @param addresses - single ones, or networks such as 172.18.0.0/16
 * @throws ServerStartError `proxy_invalid`
 */
export function createProxies(addresses: readonly string[]): Proxies {
  const list = new BlockList();
  for (const text of addresses) add(list, text);
  const has = (address: string): boolean => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
  return {
    has,
    sender: (peer, forwardedFor) => {
      // Each proxy adds at the end whom it has seen; what stands before that, anybody may have written.
      let seen = plainAddress(peer);
      for (const entry of forwardedFor.split(',').reverse()) {
        const address = plainAddress(entry.trim());
        if (!has(seen) || isIP(address) === 0) break;
        seen = address;
      }
      return seen;
    },
  };
}

/** An IPv4 address looks like this on a socket that takes both. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function add(list: BlockList, text: string): void {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const most = version === 4 ? 32 : 128;
  const isNetwork = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
  if (version === 0 || more.length > 0 || (bits !== undefined && !isNetwork)) {
    const message = `"${text}" is no address of a proxy. It looks like 192.168.1.2 or 172.18.0.0/16.`;
    throw new ServerStartError('proxy_invalid', message, { proxy: text });
  }
  if (isNetwork) list.addSubnet(address, Number(bits), family);
  else list.addAddress(address, family);
}
