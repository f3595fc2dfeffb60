import { readHttpUri } from '../proof/http-target.ts';
import { CallError, type CallWish } from './call-wish.ts';

/** Where a call goes. */
export interface CallTarget {
  method: string;
  /** Absolute, without a fragment. */
  url: string;
  origin: string;
  path: string;
}

const METHOD = /^[A-Z]+$/;
/** Methods that `fetch` never sends. */
const FORBIDDEN_METHODS: readonly string[] = ['CONNECT', 'TRACE', 'TRACK'];

/**
 * Reads method and URL of a wish. A token for a resource of this gateway goes to this gateway's own addresses only,
 * whatever a message says.
 *
 * @param addresses - of this Node-RED, the first one completes a URL that begins with `/`
 * @throws CallError
 */
export function readCallTarget(wish: CallWish, addresses: readonly string[]): CallTarget {
  const method = wish.method.toUpperCase();
  if (!METHOD.test(method) || FORBIDDEN_METHODS.includes(method)) {
    throw new CallError('invalid_method', 'This is not a method that can be called');
  }
  const url = absolute(wish.url, addresses);
  const target = readHttpUri(url);
  if (!target) throw new CallError('invalid_url', 'The URL must be an absolute http or https one, or begin with /');
  const own = addresses.some((address) => readHttpUri(address)?.origin === target.origin);
  if (wish.resource !== undefined && !own) throw foreign(target.origin, addresses);
  return { method, url: new URL(url).href.replace(/#.*$/, ''), ...target };
}

function absolute(url: string, addresses: readonly string[]): string {
  const [first] = addresses;
  return url.startsWith('/') && first !== undefined ? (readHttpUri(first)?.origin ?? '') + url : url;
}

function foreign(origin: string, addresses: readonly string[]): CallError {
  return new CallError('foreign_address', 'The URL is not an address of this Node-RED', {
    address: origin.slice(0, 200),
    configured: addresses.join(', '),
  });
}
