import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision, Presented } from '../decision/decision.ts';
import type { ClaimOffer } from '../identity/claims.ts';
import type { StateChange as DeviceNews } from '../identity/device-book.ts';
import type { DeviceWish } from '../identity/device-registry.ts';
import type { DeviceStatus } from '../identity/device-status.ts';
import type { Rotated } from '../identity/rotation.ts';
import type { Refusal } from '../protecting/refusal.ts';
import type { CallOptions, CallWish, HttpAnswer, ProvedHeaders, ReturnedChallenge } from '../requesting/call-wish.ts';
import type { NotAllowed } from '../requesting/outcome.ts';
import type { Receipt } from '../revocation/receipt.ts';
import type {
  AuthorizationServer,
  DeviceStanding,
  EndedShare,
  OwnerRole,
  Target,
  TestStep,
} from '../servers/authorization-server.ts';
import type { ShareRequest } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';
import type { RptFacts } from '../uma/rpt.ts';

export type { ClaimCode, ClaimOffer, ClaimOutcome, ClaimWait } from '../identity/claims.ts';
export type { StateChange as DeviceNews } from '../identity/device-book.ts';
export type { DeviceWish } from '../identity/device-registry.ts';
export type { DeviceStatus } from '../identity/device-status.ts';
export type { Rotated } from '../identity/rotation.ts';
export type { Refusal } from '../protecting/refusal.ts';
export type { CallWish, Fetch, HttpAnswer, ProvedHeaders, ReturnedChallenge } from '../requesting/call-wish.ts';
export type { NotAllowed } from '../requesting/outcome.ts';

/**
 * How the built-in server is reached from other computers in the home network. `host`: a stable name or address of this
 * computer, as the URL parser writes it.
 */
export type HomeReach =
  | {
      host: string;
      certificate: { from: 'made' } | { from: 'files'; cert: string; key: string } | { from: 'settings' };
    }
  | { host: string; notEncrypted: true };

/**
 * The built-in server is reached through Node-RED's own port, below the address that everybody knows Node-RED by. The
 * owner's pages stay on this computer.
 */
export interface OwnPortReach {
  /** That address, with the server's path. */
  issuer: string;
  /** Addresses or networks of the reverse proxies in front of Node-RED; where none is named, those on this computer. */
  proxies: string[];
  /** Agreed to, for an address that is reached without TLS. */
  notEncrypted?: true;
  /** Node-RED is in a container, whose computer is the one that the pages are for. */
  fromContainer?: true;
}

/** Node-RED's own port, as the built-in server is put on it. */
export interface OtherPort {
  mount(handle: (message: IncomingMessage, response: ServerResponse) => void): () => void;
}

/** A certificate and its key, in PEM. */
export interface CertificatePem {
  cert: string;
  key: string;
  passphrase?: string;
}

/** Which server a gateway talks to, and how this Node-RED is reached. */
export interface GatewaySettings {
  userDir: string;
  /** One owner's connection; a second owner's things need a second one. */
  connection: string;
  server:
    | {
        kind: 'built-in';
        port: number;
        /** This computer only where there is none. */
        reach?: HomeReach | OwnPortReach;
      }
    | {
        kind: 'built-in-at';
        url: string;
        /** SHA-256 as browsers show it: a person's word that this certificate, which nobody else speaks for, is the right one. */
        certificate?: string;
      };
  /** Node-RED's own certificate, asked anew: for a built-in server that uses it. */
  ownCertificate?(): Promise<CertificatePem>;
  /** Node-RED's own port: for a built-in server that is reached through it. */
  ownPort?: OtherPort;
  /** Origins under which devices reach this Node-RED, e.g. `http://127.0.0.1:1880`. Read anew for every proof. */
  addresses(): string[];
  /** What refusals are told in, and what the server is asked for: a tag of BCP 47; English by default. */
  language?: string;
  /** The built-in server's first owner, from UMA_OWNER and UMA_OWNER_PASSWORD. */
  owner?: { name: string; password: string };
  /** Joins without a code (installers, scripts). */
  registrationToken?: string;
  /** RFC 7638 thumbprint of the server's signing key: a person's word that it is the right one. */
  serverKey?: string;
  /** `UMA_STORE_KEY`, for both stores; their key file otherwise. */
  storeKey?: string;
  /** A person's word that the clock was ahead before this moment (docs/clock.md), in milliseconds since 1970. */
  clockWasAhead?: number;
  name: string;
  log(line: string): void;
}

/** How far a gateway is on its way to an owner. */
export type Standing =
  | { phase: 'starting' }
  | { phase: 'no-owner'; setUpLink?: string; userCode?: string }
  | { phase: 'waiting-for-owner'; userCode: string; verificationUri: string }
  /** `code`: the owner has to approve it before flows may share for them. */
  | { phase: 'ready'; code?: { userCode: string; verificationUri: string } }
  /** By a panic, until the owner ends it at `link`. */
  | { phase: 'stopped'; link: string }
  | { phase: 'unreachable'; error: Text }
  | { phase: 'failed'; error: Text }
  | { phase: 'closed' };

/** A resource as a flow names it; `key` is the stable slug. */
export interface ResourceWish {
  key: string;
  name: string;
  type?: string;
  scopes: string[];
  critical: boolean;
}

export interface CheckWish {
  /** Key of a resource of this gateway. */
  resource: string;
  scopes: string[];
  maxAnswerAgeMs: number;
  leewaySeconds: number;
  acceptBearer: boolean;
  /** Does the sender wait for the verdict still? Nothing is used up for one who was answered meanwhile. */
  waiting?(): boolean;
}

/** One server with everything that stands on it. Knows no Node-RED. */
export interface Gateway {
  readonly connection: string;
  readonly issuer: string;
  /** Where the owner's pages are. */
  readonly pages: string;
  readonly server: AuthorizationServer;
  /** RFC 7638 thumbprint of its own key, as its owner sees it where they let it in. */
  readonly keyFingerprint: string;
  /** Of a certificate that the built-in server here made itself: SHA-256, to compare with what a browser shows. */
  madeCertificate(): string | undefined;
  /** Other computers reach the built-in server here without TLS. */
  readonly notEncrypted: boolean;
  standing(): Standing;
  watchStanding(listener: (standing: Standing) => void): () => void;
  /** Keeps a device provisioned while held; the key outlives the hold. */
  holdDevice(wish: DeviceWish): () => void;
  holdResource(wish: ResourceWish): () => void;
  /** All that flows hold is held: its owner's pages may say what no longer is. @returns call it before the flows change */
  flowsRun(): () => void;
  /** Names a device by key or `client_id`; a resource by key or server id. Undefined: not known (yet). */
  deviceId(keyOrId: string): string | undefined;
  resourceId(keyOrId: string): string | undefined;
  call(wish: CallWish, options: CallOptions): Promise<HttpAnswer | NotAllowed>;
  /** `challenge`: the `WWW-Authenticate` and `DPoP-Nonce` of a 401 wired back. */
  headers(
    wish: CallWish,
    challenge: ReturnedChallenge | undefined,
    signal: AbortSignal,
  ): Promise<ProvedHeaders | NotAllowed>;
  check(presented: Presented, wish: CheckWish, pass: (facts: RptFacts) => void): Promise<Decision>;
  refuse(decision: Decision & { allowed: false }, wish: CheckWish, source: string): Promise<Refusal>;
  owner(): Promise<OwnerRole>;
  /** What the owner lets this gateway do for them, as it was given: scopes of the owner API. */
  ownerScopes(): readonly string[];
  revoke(
    target: Target,
    options: { confirmWithinMs: number; why: 'revoked' | 'panic' },
  ): Promise<{ receipt: Receipt; later: Promise<Receipt | undefined> }>;
  deviceStatus(keyOrId: string): Promise<DeviceStatus>;
  suspend(keyOrId: string): Promise<DeviceStatus>;
  resume(keyOrId: string): Promise<DeviceStatus>;
  /** For ever: what was shared with it ends, and its key never comes back. */
  retire(keyOrId: string): Promise<DeviceStatus>;
  /** Another key takes the place of the device's; what is on its way with the old one is let through. */
  rotate(keyOrId: string): Promise<Rotated>;
  /** A code with which the device asks who its owner is; the same for all who ask while it waits. */
  claim(keyOrId: string): Promise<ClaimOffer>;
  /** Hears of each device whose state changes, wherever it was changed. @returns ends it */
  watchDevices(listener: (news: DeviceNews) => void): () => void;
  /** Hears of all that is refused from now on, in the same tick. @returns ends it */
  watchEnded(listener: (target: Target, shares: readonly EndedShare[]) => void): () => void;
  /** Hears of each new request once, as far as the owner lets this gateway read. @returns ends it */
  watchRequests(listener: (request: ShareRequest) => void): () => void;
  devices(): DeviceStanding[];
  /** What a person calls a device, by key or `client_id`; of one from elsewhere, as soon as the server has told. */
  deviceName(keyOrId: string): string | undefined;
  /** Does a flow hold it? Those that none holds any more are remembered. */
  isHeld(what: 'device' | 'resource', keyOrId: string): boolean;
  resources(): { key: string; id?: string; name: string; scopes: string[] }[];
  test(): AsyncIterable<TestStep>;
}

/** A gateway as its opener sees it. */
export interface RunningGateway extends Gateway {
  /** Takes the addresses and the log of the newest user over, without a restart. */
  adopt(settings: GatewaySettings): void;
  close(): Promise<void>;
}
