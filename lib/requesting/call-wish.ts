/** What a flow asks for, and what it gets: the words between `uma-request` and this room. */

export interface CallWish {
  /** Key of a device of this gateway. */
  device: string;
  /** Key of a resource of this gateway; absent: the resource is asked, and its challenge answered. */
  resource?: string;
  scopes: string[];
  method: string;
  /** Absolute, or beginning with `/` for this Node-RED's first address. */
  url: string;
}

/** How a call leaves the house: undici's fetch, or one through a TLS or proxy configuration. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface CallOptions {
  /** The flow's own; what only this room may set is left out of them. */
  headers: Record<string, string>;
  body?: string | Buffer;
  fetch?: Fetch;
  signal: AbortSignal;
}

/** What the resource answered. Neither token nor proof is in it. */
export interface HttpAnswer {
  outcome: 'answered';
  statusCode: number;
  headers: Record<string, string>;
  body: Buffer;
  responseUrl: string;
  /** As the flow named it. */
  device: string;
}

/** Headers that carry a token and a fresh proof for the method in capitals. Without them the resource has to be asked for its challenge first. */
export interface ProvedHeaders {
  outcome: 'allowed';
  url: string;
  authorization?: string;
  dpop?: string;
  /** As the flow named it. */
  device: string;
}

/** What a 401 that was wired back said. */
export interface ReturnedChallenge {
  wwwAuthenticate?: string;
  nonce?: string;
}

export type CallErrorCode =
  | 'invalid_url'
  /** A resource of this gateway, called under an address that is not one of its own. */
  | 'foreign_address'
  | 'invalid_method'
  | 'invalid_headers'
  | 'response_too_large';

/** A call that cannot be made as the flow asks for it, or an answer that cannot be kept. Holds no header and no body. */
export class CallError extends Error {
  readonly code: CallErrorCode;
  readonly hint: { key: string; values?: Record<string, string | number> };

  constructor(code: CallErrorCode, message: string, values?: Record<string, string | number>) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.hint = values ? { key: `hint.call_${code}`, values } : { key: `hint.call_${code}` };
  }
}
