/** Seconds since 1970-01-01T00:00:00Z, as every OAuth and UMA claim counts time. */
export type Seconds = number;

/**
 * What may be done with one resource (UMA Federated Authorization 5.1.1, `permissions`).
 * `resource` is the authorization server's id of the resource, never its name.
 */
export interface Permission {
  resource: string;
  scopes: string[];
  /** After this moment the permission is void, even inside a token that lives longer. */
  exp?: Seconds;
  /** The owner's policy this permission rests on, where the server names it. */
  share?: string;
  /** For one message only (our own member, `once`). */
  once?: true;
  /** After this moment the hours are over in which the owner shares this (our own member, `window_end`). */
  windowEnd?: Seconds;
}
