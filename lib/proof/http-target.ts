/**
 * Where a request goes, as far as a proof says so: origin and path (`htu`, RFC 9449 4.2), in the one spelling of
 * RFC 3986 6.2.2 and 6.2.3, so that both sides of check 9 compare the same words.
 */
export interface HttpTarget {
  /** Scheme and authority, lower case, without the scheme's own port. */
  origin: string;
  path: string;
}

/** Visible ASCII without the backslash, which WHATWG's parser would take for a slash, and without a fragment. */
const URI_CHARACTERS = /^[\x21\x22\x24-\x5b\x5d-\x7e]+$/;
const ABSOLUTE_HTTP = /^https?:\/\/[^/?]/i;
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?]+/i;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * Reads an absolute `http` or `https` URI without credentials; query and fragment are dropped.
 *
 * @returns undefined for anything else
 */
export function readHttpUri(uri: string): HttpTarget | undefined {
  const [beforeFragment = ''] = uri.split('#', 1);
  if (!URI_CHARACTERS.test(beforeFragment) || !ABSOLUTE_HTTP.test(beforeFragment)) return undefined;
  const url = parsed(beforeFragment);
  if (url === undefined || hasCredentials(url)) return undefined;
  return { origin: url.origin, path: withOneSpelling(url.pathname) };
}

/**
 * The path of a request target as received (RFC 9112 3.2), query dropped.
 *
 * A path with dot segments is refused instead of resolved: routers match it as it stands, so resolving it here would
 * let a proof for `/b` open what answers at `/a/../b`. Every client library resolves them before it sends.
 *
 * @param target - origin form (`/path?query`) or absolute form
 * @returns undefined for a path that no honest client sends
 */
export function readReceivedPath(target: string): string | undefined {
  if (!URI_CHARACTERS.test(target)) return undefined;
  const [path = ''] = target.replace(SCHEME_AND_AUTHORITY, '').split('?', 1);
  if (path !== '' && !path.startsWith('/')) return undefined;
  if (DOT_SEGMENT.test(path)) return undefined;
  return withOneSpelling(new URL(`http://path.invalid${path}`).pathname);
}

function parsed(uri: string): URL | undefined {
  try {
    return new URL(uri);
  } catch {
    return undefined;
  }
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** RFC 3986 6.2.2.1 and 6.2.2.2: unreserved characters stand bare, other escapes in upper case. */
function withOneSpelling(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
    return UNRESERVED.test(character) ? character : octet.toUpperCase();
  });
}
