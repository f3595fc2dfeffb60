/** What can go wrong between here and a server. Tells where to look; holds no header, body, URL path or query. */

export type TransportErrorCode =
  | 'unreachable'
  | 'response_too_large'
  /** The request itself cannot be sent: a mistake of the caller's. */
  | 'unsendable_request'
  /** The server did not answer with an event stream. */
  | 'stream_refused'
  /** A line or event longer than agreed. */
  | 'stream_malformed';

/** Why a server is `unreachable`. */
export type UnreachableWhy = 'refused' | 'unknown_host' | 'timeout' | 'certificate' | 'closed' | 'broken';

interface TransportErrorDetails {
  why?: UnreachableWhy;
  /** Of the response, where there was one. */
  status?: number;
  headers?: Record<string, string>;
  cause?: Root;
}

/** All that is kept of what really happened: its kind, never its words. */
interface Root {
  name: string;
  /** Of the system or of undici, e.g. `ECONNREFUSED`; empty if it has none. */
  code: string;
}

export class TransportError extends Error {
  readonly code: TransportErrorCode;
  readonly hint: { key: string; values: Record<string, string | number> };
  readonly why?: UnreachableWhy;
  readonly status?: number;
  /** Of a refused stream, e.g. for its `DPoP-Nonce`; not enumerable. */
  declare readonly headers?: Record<string, string>;

  constructor(code: TransportErrorCode, url: string | URL, details: TransportErrorDetails = {}) {
    const { why, status, headers, cause } = details;
    const origin = originOf(url);
    super(`${origin}: ${why ?? code}`);
    this.name = 'TransportError';
    this.code = code;
    this.hint = { key: `hint.${why ? `${code}_${why}` : code}`, values: { origin, ...(status ? { status } : {}) } };
    if (why) this.why = why;
    if (status) this.status = status;
    Object.defineProperty(this, 'headers', { value: headers });
    Object.defineProperty(this, 'cause', { value: cause && Object.assign(new Error(cause.code || cause.name), cause) });
  }
}

/**
 * Turns what undici throws into our error.
 *
 * @param endedBy - the caller's own signal; once it is aborted, its reason is what the caller gets
 */
export function translated(error: unknown, url: string | URL, endedBy?: AbortSignal | null): unknown {
  if (endedBy?.aborted) return endedBy.reason;
  if (error instanceof TransportError) return error;
  const root = rootOf(error);
  if (isCallersMistake(error, root)) return new TransportError('unsendable_request', url);
  return new TransportError('unreachable', url, { why: whyOf(root), cause: root });
}

/** undici wraps: `fetch failed` <- the socket's error, which for a name with several addresses wraps again. */
function rootOf(error: unknown): Root {
  if (!(error instanceof Error)) return { name: 'Error', code: '' };
  if ('code' in error && typeof error.code === 'string') return { name: error.name, code: error.code };
  return error.cause instanceof Error ? rootOf(error.cause) : { name: error.name, code: '' };
}

/** undici's own message would quote the offending header, which may be a token. */
function isCallersMistake(error: unknown, root: Root): boolean {
  return (
    /^(?:ERR_INVALID_(?:URL|ARG_\w+)|UND_ERR_INVALID_ARG)$/.test(root.code) ||
    (error instanceof TypeError && error.cause === undefined && error.message !== 'terminated')
  );
}

function whyOf({ name, code }: Root): UnreachableWhy {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown_host';
  if (name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code)) return 'timeout';
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code)) return 'certificate';
  return /^UND_ERR_(?:DESTROYED|CLOSED)$/.test(code) ? 'closed' : 'broken';
}

function originOf(url: string | URL): string {
  return URL.canParse(url) ? new URL(url).origin : 'no address';
}
