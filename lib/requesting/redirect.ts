import { readHttpUri } from '../proof/http-target.ts';
import type { CallTarget } from './call-target.ts';

const MOST_REDIRECTS = 3;

/**
 * Where a redirect leads, if it may be followed: to the same origin, where the token is meant for, with the same method.
 * Another origin never gets a request from here, so that neither token nor message goes where nobody meant it to.
 *
 * @param followed - how many redirects were followed already
 */
export function redirected(response: Response, from: CallTarget, followed: number): CallTarget | undefined {
  const location = response.headers.get('location');
  if (location === null || followed >= MOST_REDIRECTS || !keepsMethod(response.status, from.method)) return undefined;
  if (!URL.canParse(location, from.url)) return undefined;
  const url = new URL(location, from.url);
  url.hash = '';
  const target = readHttpUri(url.href);
  return target?.origin === from.origin ? { method: from.method, url: url.href, ...target } : undefined;
}

/** RFC 9110 15.4: 307 and 308 keep the method; the others do for methods that only read. */
function keepsMethod(status: number, method: string): boolean {
  if (status === 307 || status === 308) return true;
  return [301, 302, 303].includes(status) && (method === 'GET' || method === 'HEAD');
}
