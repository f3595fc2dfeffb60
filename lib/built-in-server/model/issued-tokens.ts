import type { Change } from './records.ts';

/** A requesting party token that was alive until now: `hash` is `sha256(rpt)`, `gateway` the resource server it was for. */
export interface EndedToken {
  hash: string;
  gateway: string;
}

/**
 * What the model asks of whoever keeps the tokens. Every function is synchronous and runs inside the caller's
 * transaction, so that nothing issued from a share outlives it.
 */
export interface IssuedTokens {
  /** The device and the resource server of a live token, or nothing. */
  find(hash: string): { device: string; gateway: string } | undefined;
  endByHash(hash: string): EndedToken[];
  endByShare(share: string): EndedToken[];
  /** The share was for one message, which has passed: tokens that rest on others too go on without it. */
  spend(share: string): void;
  endByDevice(device: string): EndedToken[];
  /** Those bound to this key of the device (RFC 7638). */
  endByKey(device: string, thumbprint: string): EndedToken[];
  endByResource(resource: string): EndedToken[];
  /** Those whose audience is this gateway. */
  endByGateway(gateway: string): EndedToken[];
  /** Tokens that carry an owner's authority (`shares:*`) for any gateway, refresh tokens included. Not PATs. */
  endAuthority(owner: string): void;
  /** What this device holds for one resource server, and whatever says that a person stands behind it. */
  endDeviceAt(device: string, gateway: string): EndedToken[];
  /** Whatever says that this person stands behind a client: tokens that rest on a device's own shares say so too. */
  endPerson(name: string): EndedToken[];
  /** Whatever says that anybody stands behind this client. */
  endClientsPeople(clientId: string): void;
  /** The client, its key, its PATs, owner's tokens and refresh tokens: all of it, for ever. */
  endClient(clientId: string): void;
}

/** Tells each gateway which of its tokens ended. */
export function announceEnded(
  tokens: EndedToken[],
  at: number,
  add: (change: Change, gateways: string[]) => number,
): number[] {
  return tokens.map((token) => add({ type: 'token-revoked', at, tokenHash: token.hash }, [token.gateway]));
}
