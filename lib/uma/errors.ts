/**
 * Every way in which a UMA exchange can fail.
 *
 * An answer that the specification foresees ("wait for the owner", "no") is a value, not an error. Errors are for
 * everything else. None of them carries a token, a ticket or a body where a log could pick it up.
 */

/** Words for the person who can do something about it: a key of the sentence, and what stands in its gaps. */
export interface Hint {
  key: string;
  values?: Record<string, string | number>;
}

/** What the server said, as far as it may be kept: its error code, and its description cut short. */
export interface ServerAnswer {
  status: number;
  error?: string;
  description?: string;
}

export interface UmaErrorOptions {
  cause?: unknown;
  response?: ServerAnswer;
  /** What stands in the gaps of the hint, beside `status` and `error` of the response. */
  values?: Record<string, string | number>;
  /** Instead of the hint of this code: one from nearer to the cause. */
  hint?: Hint | undefined;
}

/** The base of all errors of this room. `code` is stable; `cause` and `response` are not enumerable. */
export class UmaError extends Error {
  readonly code: string;
  readonly hint: Hint;
  declare readonly response?: ServerAnswer;

  constructor(code: string, message: string, options: UmaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? hintFor(code, options);
    Object.defineProperty(this, 'name', { value: new.target.name, enumerable: false });
    Object.defineProperty(this, 'response', { value: options.response, enumerable: false });
  }
}

function hintFor(code: string, { response, values }: UmaErrorOptions): Hint {
  const said = response ? { status: response.status, error: response.error ?? 'none' } : {};
  return { key: `hint.${code}`, values: { ...said, ...values } };
}

/** The caller asked for something that must not be sent. Nothing was sent. */
export class InvalidArgumentError extends UmaError {
  constructor(message: string) {
    super('invalid_argument', message);
  }
}

/** The server answered with something that its specification does not allow, or with too much of it. */
export class InvalidResponseError extends UmaError {
  constructor(message: string, options?: UmaErrorOptions) {
    super('invalid_response', message, options);
  }
}

export type DiscoveryCode =
  | 'no_uma_discovery'
  | 'invalid_metadata'
  | 'issuer_mismatch'
  | 'endpoint_missing'
  | 'invalid_url'
  | 'insecure_url';

/** The server's metadata cannot be had, or cannot be trusted (UMA Grant 2, Federated Authorization 2). */
export class DiscoveryError extends UmaError {
  declare readonly code: DiscoveryCode;

  constructor(code: DiscoveryCode, message: string, options?: UmaErrorOptions) {
    super(code, message, options);
  }
}

export type UnreachableReason = 'network' | 'timeout' | 'server_error' | 'busy';

/** No answer, or only that the server cannot answer now (5xx, 429). Trying again later may help. */
export class UnreachableError extends UmaError {
  readonly reason: UnreachableReason;
  /** How long the server asks to be left alone (`Retry-After`). */
  readonly retryAfterMs?: number;

  constructor(
    server: string,
    reason: UnreachableReason,
    { retryAfterMs, ...options }: UmaErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super('unreachable', `${server} cannot be reached (${reason})`, { ...options, values: { server, reason } });
    this.reason = reason;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** The permission ticket is unknown, used up or expired (`invalid_grant`, UMA Grant 3.3.6): begin anew without a token. */
export class InvalidTicketError extends UmaError {
  constructor(response: ServerAnswer) {
    super('invalid_ticket', 'the permission ticket is not valid any more', { response });
  }
}

/** The refresh token is unknown, withdrawn or expired (`invalid_grant`, RFC 6749 5.2): ask with a ticket again. */
export class InvalidRefreshTokenError extends UmaError {
  constructor(response: ServerAnswer) {
    super('invalid_refresh_token', 'the refresh token is not valid any more', { response });
  }
}

/** A scope is not one of the resource's, or not one the client may ask for (UMA Grant 3.3.6, Federated Authorization 4.3). */
export class InvalidScopeError extends UmaError {
  constructor(response: ServerAnswer) {
    super('invalid_scope', 'the server does not know one of the scopes', { response });
  }
}

/** The server does not accept this client: unknown, wrong key or secret, or not allowed this grant (RFC 6749 5.2). */
export class ClientRefusedError extends UmaError {
  constructor(response: ServerAnswer) {
    super('client_refused', 'the server does not accept this client', { response });
  }
}

/** The server does not accept the DPoP proof (RFC 9449 5 and 7.1): mostly a wrong clock, or a key it does not know. */
export class ProofRefusedError extends UmaError {
  constructor(response: ServerAnswer) {
    super('proof_refused', 'the server does not accept the key proof', { response });
  }
}

/** The protection API does not accept the PAT (RFC 6750 3.1): get a new one, once. */
export class ProtectionTokenError extends UmaError {
  constructor(response: ServerAnswer) {
    super('protection_token_refused', 'the server does not accept the protection API token', { response });
  }
}

/** The server refuses to register, change or remove a resource (Federated Authorization 3.2). */
export class RegistrationError extends UmaError {
  constructor(response: ServerAnswer) {
    super('registration_refused', 'the server refuses this resource registration', { response });
  }
}

/** The server has no such resource (404, Federated Authorization 3.2). */
export class ResourceNotFoundError extends UmaError {
  constructor(response: ServerAnswer) {
    super('resource_not_found', 'the server does not know this resource', { response });
  }
}

/** A permission names a resource that the server does not know (Federated Authorization 4.3). */
export class InvalidResourceIdError extends UmaError {
  constructor(response: ServerAnswer) {
    super('invalid_resource_id', 'a permission names a resource that the server does not know', { response });
  }
}

/** Any other refusal; what the server called it is in `response.error`. */
export class RefusedError extends UmaError {
  constructor(response: ServerAnswer) {
    super('refused', 'the server refuses the request', { response });
  }
}

/** A `WWW-Authenticate` header that does not follow the grammar (RFC 9110 11.6.1) or lacks what UMA Grant 3.2.1 demands. */
export class InvalidChallengeError extends UmaError {
  constructor(message: string) {
    super('invalid_challenge', message);
  }
}
