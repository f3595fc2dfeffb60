import type { Text } from '../sharing/text.ts';

export type ServerErrorCode =
  /** No server has registered this gateway yet, or no owner has approved it. */
  | 'not_joined'
  /** The server knows neither this gateway nor its key any more. */
  | 'not_registered'
  | 'registration_refused'
  | 'server_key_changed'
  | 'malformed_rpt'
  | 'not_found'
  /** The owner lets this gateway share some things only, and not this one. */
  | 'beyond_limit'
  /** The owner's server says no, in words of its own. */
  | 'refused'
  /** The server's changes do not arrive. */
  | 'not_heard'
  | 'server_closed';

export interface ServerErrorDetails {
  values?: Record<string, string | number>;
  /** Where a code has another sentence elsewhere. */
  hintKey?: string;
  cause?: unknown;
}

/** What goes wrong between a gateway and its server beyond the protocol's own errors. Never holds a token or a key. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;
  readonly hint: Text;

  constructor(
    code: ServerErrorCode,
    message: string,
    { values, hintKey = `hint.${code}`, cause }: ServerErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = { key: hintKey, ...(values && { values }) };
  }
}

/** Before a server has registered this gateway, nothing can be asked of it. */
export function notJoined(server: string): ServerError {
  return new ServerError('not_joined', `${server} has not registered this gateway yet`, { values: { server } });
}

/** Where an owner can give this gateway authority. The code is no secret: approving it needs the owner's own session. */
export interface OwnerLink {
  userCode: string;
  verificationUri: string;
  /** RFC 7638, of this gateway's key: what the owner compares there. */
  fingerprint: string;
}

/** No owner gave this gateway the authority that was asked for. `link`, where there is one, leads to giving it. */
export class OwnerNotConnected extends Error {
  override readonly name = 'OwnerNotConnected';
  readonly code = 'OwnerNotConnected';
  readonly hint: Text;
  readonly link?: OwnerLink;

  /** @param hint - where something else has to be done first */
  constructor(link?: OwnerLink, hint?: Text) {
    super('No owner lets this gateway act for them');
    if (link) this.link = link;
    const way: Text = link
      ? { key: 'hint.owner_not_connected', values: { ...link } }
      : { key: 'hint.owner_not_connected_yet' };
    this.hint = hint ?? way;
  }
}

/** A stable name for whatever was thrown; messages of others may quote what they were given. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'failed';
}

/** The error's own hint, or that something unexpected happened. */
export function hintOf(error: unknown): Text {
  if (typeof error === 'object' && error !== null && 'hint' in error && isText(error.hint)) return error.hint;
  return { key: 'hint.unexpected', values: { code: codeOf(error) } };
}

function isText(hint: unknown): hint is Text {
  return typeof hint === 'object' && hint !== null && 'key' in hint && typeof hint.key === 'string';
}
