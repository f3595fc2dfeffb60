import type { ServerResponse } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** What a handler gives back; the listener alone writes it. `takeOver` is for streams and for the provider. */
export type Answer =
  | { readonly kind: 'content'; readonly status: number; readonly headers: Headers; readonly content: string | Buffer }
  | { readonly kind: 'takeOver'; takeOver(response: ServerResponse): void | Promise<void> };

/** A JSON answer, never cached: most of ours carry tokens or somebody's shares. */
export function json(status: number, body: unknown, headers: Headers = {}): Answer {
  return {
    kind: 'content',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    content: JSON.stringify(body),
  };
}

/** An answer without content. */
export function empty(status: number, headers: Headers = {}): Answer {
  return { kind: 'content', status, headers, content: '' };
}

/** A page; `markup` must already be escaped. */
export function html(status: number, markup: string, headers: Headers = {}): Answer {
  return {
    kind: 'content',
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    content: markup,
  };
}

/** Hands the response itself to somebody else, who must end it. */
export function takeOver(write: (response: ServerResponse) => void | Promise<void>): Answer {
  return { kind: 'takeOver', takeOver: write };
}

/**
 * "No", as a handler throws it: becomes `{error, error_description}` with this status.
 * The description is for developers and holds nothing secret.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly status: number;
  readonly headers: Headers;

  constructor(status: number, code: string, description: string, headers: Headers = {}) {
    super(description);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** A refusal in the form every OAuth error has (RFC 6749 5.2). */
export function refusalAnswer(refusal: Refusal): Answer {
  return json(refusal.status, { error: refusal.code, error_description: refusal.message }, refusal.headers);
}

/** A request that makes no sense: 400 `invalid_request`. */
export function malformed(description: string): Refusal {
  return new Refusal(400, 'invalid_request', description);
}
