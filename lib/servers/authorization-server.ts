import type { CryptoKey, JWK } from 'jose';
import type { DeviceState } from '../sharing/device-state.ts';
import type { EndedShare, Target } from '../sharing/ending.ts';
import type { Page, Share, ShareRequest, ShareWish } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';
import type { Permission, Seconds } from '../uma/permission.ts';
import type { RptReading } from '../uma/rpt.ts';

export type { DeviceState } from '../sharing/device-state.ts';
export type { EndedShare, Target } from '../sharing/ending.ts';

/**
 * One authorization server, whichever make, by role: each role acts with another authority, and some may be missing.
 */
export interface AuthorizationServer {
  id: string;
  issuer: string;
  capabilities: Capabilities;
  client: ClientRole;
  resourceServer: ResourceServerRole;
  devices: DeviceRole;
  /** Rejects with `OwnerNotConnected`, which carries the link, where no owner gave this gateway authority. */
  owner(id: string): Promise<OwnerRole>;
  /** Idempotent by `order.id`; withdraws the policy first, then the tokens. */
  end(order: EndOrder, signal?: AbortSignal): Promise<EndReport>;
  /** A change is acknowledged to the server once `changed` has resolved. */
  watch(changed: (change: ServerChange) => void | Promise<void>): Watch;
  test(): AsyncIterable<TestStep>;
  close(): Promise<void>;
}

export interface Capabilities {
  deviceShares: boolean;
  keepsRequests: boolean;
  keepsConditions: boolean;
  bindsRpt: boolean;
  push: boolean;
  verified: 'live' | 'by documentation';
}

/** A device as the server's client: its registered id and its private key, which never leaves this process. */
export interface DeviceClient {
  clientId: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  algorithm: 'ES256' | 'EdDSA';
}

export type RptAsk = { ticket: string } | { permissions: Permission[] };

/** Every answer of UMA Grant 3.3.5 and 3.3.6 that is an answer; transport and protocol faults reject instead. */
export type RptOutcome =
  | { kind: 'granted'; rpt: string; tokenType: 'DPoP' | 'Bearer'; expiresAt: Seconds; permissions: Permission[] }
  | { kind: 'pending'; ticket?: string; retryAfterMs?: number }
  | { kind: 'needs-info'; ticket: string; redirectUser?: string; requiredClaims: object[] }
  | { kind: 'denied' };

export interface ClientRole {
  requestRpt(device: DeviceClient, ask: RptAsk, signal: AbortSignal): Promise<RptOutcome>;
}

export interface ResourceDescription {
  /** The stable slug by which the gateway knows the resource. */
  key: string;
  name: string;
  type?: string;
  scopes: string[];
  iconUri?: string;
  /** The server's id, once registered. */
  id?: string;
}

export interface ResourceServerRole {
  rptReading: RptReading;
  requestTicket(permissions: Permission[], signal: AbortSignal): Promise<{ ticket: string; asUri: string }>;
  /** Creates or updates; returns the server's id of the resource. */
  keep(resource: ResourceDescription): Promise<string>;
  forget(resource: string): Promise<void>;
}

export interface OwnerRole {
  shares(page?: string): Promise<Page<Share>>;
  grant(wish: ShareWish): Promise<Share>;
  change(id: string, wish: Partial<ShareWish>): Promise<Share>;
  requests(): Promise<ShareRequest[]>;
  approve(id: string, limits?: Partial<ShareWish>): Promise<Share>;
  deny(id: string): Promise<void>;
}

export type Assurance = 'device' | 'shared' | 'gateway';

export interface DeviceStanding {
  clientId: string;
  name: string;
  state: DeviceState;
  owner?: string;
  assurance: Assurance;
  /** RFC 7638, of the key that the server knows it by, where it was asked. */
  keyThumbprint?: string;
}

/** A code with which a device asks who its owner is (RFC 8628 3.2). `deviceCode` is a secret, the rest is for people. */
export interface Claim {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  /** With the code in it. */
  verificationUriComplete?: string;
  expiresAtMs: number;
  /** How long to wait between two questions. */
  intervalMs: number;
}

export type ClaimState = 'claimed' | 'waiting' | 'slow-down' | 'denied' | 'expired';

export interface DeviceRole {
  /** Idempotent by key: the same key registered again by this gateway gives the same `clientId`. */
  register(device: { name: string; jwk: JWK }): Promise<{ clientId: string }>;
  standing(clientId: string): Promise<DeviceStanding>;
  /** `active` (resume) needs the owner's authority; `quarantined` and `retired` need none. */
  setState(clientId: string, state: 'active' | 'quarantined' | 'retired'): Promise<void>;
  /** The device asks who its owner is. It gets no share by that, and no authority. */
  startClaim(device: DeviceClient): Promise<Claim>;
  /** Asks once what the owner has said. */
  pollClaim(device: DeviceClient, deviceCode: string): Promise<ClaimState>;
  /**
   * The device's key gives way to `next`, which signed `continuity` (`makeKeyContinuity`). Asked again after an answer was
   * lost, with the old key still, it is answered as before. From then on nothing that was bound to the old key is good.
   */
  replaceKey(device: DeviceClient, next: JWK, continuity: string): Promise<void>;
}

export interface EndOrder {
  /** Chosen by the gateway; the same id asked again has no further effect and the same answer. */
  id: string;
  /** For `token`: the SHA-256 (base64url) by which every store of ours knows a token. */
  target: Target;
  at: Seconds;
  /** The share was for one message, and that has passed here. */
  kind?: 'used';
}

export interface EndReport {
  /** The server's own clock when it confirmed. */
  at: Seconds;
  ended: EndedShare[];
  gateways: { id: string; ms: number }[];
  unconfirmed: string[];
}

/** What a server tells, or what re-evaluation found. `number` orders them; a watcher acknowledges by returning. */
export type ServerChange =
  | { type: 'share-granted'; number: number; at: Seconds; share: string; device: string; resource: string }
  | {
      type: 'share-ended';
      number: number;
      at: Seconds;
      share: string;
      device: string;
      resource: string;
      /** It was for one message, and every token of it says so. */
      why?: 'used_up';
    }
  | { type: 'token-revoked'; number: number; at: Seconds; tokenHash: string }
  | { type: 'request-denied'; number: number; at: Seconds; device: string; resource: string }
  /** A device asks its owner for something; told to those who may read requests. */
  | { type: 'request-made'; number: number; at: Seconds; request: string; device: string; resource: string }
  | { type: 'device-state'; number: number; at: Seconds; device: string; state: DeviceState; why?: string }
  /** Its key gave way to the one of this thumbprint; the tokens bound to the old one are told of one by one. */
  | { type: 'device-key'; number: number; at: Seconds; device: string; jkt: string }
  | { type: 'panic'; number: number; at: Seconds; owner: string }
  | { type: 'panic-ended'; number: number; at: Seconds; owner: string }
  /**
   * What ended up to `number` can be told no more. `panic`: whether everything is stopped now. `restored`: the server does
   * not know the past in which this gateway has heard the rest, as where a backup was put back.
   */
  | { type: 'gap'; number: number; at: Seconds; owner: string; panic: boolean; restored?: true }
  /** The server answered (a heartbeat): nothing changed, and it is alive. */
  | { type: 'alive' };

export interface Watch {
  /** When the server was last heard from, in milliseconds since 1970; 0 before the first time. */
  lastHeardMs(): number;
  close(): Promise<void>;
}

/** One step of *Test connection*. */
export interface TestStep {
  step: Text;
  ok: boolean;
  hint?: Text;
}
