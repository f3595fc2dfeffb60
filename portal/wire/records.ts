/** What the owner API answers (docs/owner-api.md). Times are seconds since 1970. */
import type { Conditions, Party, Seconds } from '../../lib/sharing/share.ts';

export interface HomeRecord {
  owner: string;
  issuer: string;
  signingKey: string;
  /** What the server shows over TLS now; `made`: by itself, so that browsers know nothing of it. */
  certificate?: { fingerprint: string; made: boolean; expiresAt: Seconds };
  /** Other computers come without TLS. */
  notEncrypted?: true;
  panic: { active: boolean; since?: Seconds };
  /** The server has forgotten changes, as after a restored backup, and nobody has looked through what is there. */
  forgotten?: { since: Seconds };
  openRegistration?: { until: Seconds };
  counts: { devices: number; resources: number; shares: number; requests: number; gateways: number; leftFlow: number };
}

export interface RequestRecord {
  id: string;
  resource: string;
  resourceName: string;
  device: string;
  deviceName: string;
  nameTaken: boolean;
  fingerprint: string;
  person?: string;
  scopes: string[];
  since: Seconds;
}

export type DeviceState = 'provisioned' | 'active' | 'quarantined' | 'retired';

export interface DeviceRecord {
  id: string;
  name: string;
  callsItself: string;
  nameTaken: boolean;
  state: DeviceState;
  assurance: 'device' | 'shared' | 'gateway';
  gateway?: string;
  fingerprint: string;
  keyChangedAt?: Seconds;
  createdAt: Seconds;
  lastSeen?: Seconds;
  /** Where its gateway has said so. */
  inFlow?: boolean;
}

export interface ShareRecord {
  id: string;
  version: number;
  resource: string;
  resourceName: string;
  party: Party;
  partyName: string;
  scopes: string[];
  conditions: Conditions;
  createdAt: Seconds;
  by: ActorRecord;
  lastUsed?: Seconds;
}

export interface ResourceRecord {
  id: string;
  name: string;
  type?: string;
  scopes: string[];
  description?: string;
  gateway: string;
  inFlow?: boolean;
}

export interface GatewayRecord {
  id: string;
  name: string;
  scopes: string[];
  resources?: string[];
  /** Everything was stopped since it was let in: it may do none of that until it is let in anew. */
  asksAnew?: true;
  from: string;
  createdAt: Seconds;
  connectedAt?: Seconds;
  fingerprint: string;
  connected: boolean;
}

export interface PersonRecord {
  name: string;
  kind: 'owner' | 'guest';
  createdAt: Seconds;
  guestOf?: string;
}

export interface SessionRecord {
  id: string;
  createdAt: Seconds;
  expiresAt: Seconds;
  from?: string;
  /** Where they are known. */
  browser?: string;
  system?: string;
  current: boolean;
}

export type ActorRecord =
  | { kind: 'owner'; owner: string }
  | { kind: 'gateway'; gateway: string; owner?: string }
  | { kind: 'device'; device: string }
  | { kind: 'server' };

export interface HistoryRecord {
  /** Absent of refusals, which are one line that counts. */
  number?: number;
  /** Of a line of refusals, which moves up when more are added. */
  id?: string;
  at: Seconds;
  what: string;
  by: ActorRecord;
  device?: string;
  resource?: string;
  share?: string;
  why?: string;
  values?: Record<string, string | number>;
  /** Of refusals: what was not let through, and why. */
  sentence?: string;
}

/** Who has confirmed that something ended, after so many milliseconds, and who has not yet. */
export interface Confirmations {
  gateways: { id: string; ms: number }[];
  unconfirmed: string[];
}

export interface EndedRecord extends Confirmations {
  at: Seconds;
  revoked: EndedShareRecord[];
}

export interface EndedShareRecord {
  share: string;
  device: string;
  resource: string;
  scopes: string[];
}

export interface ReceiptRecord extends Confirmations {
  id: string;
  at: Seconds;
  target: object;
  revoked: EndedShareRecord[];
  gateway?: string;
}

export interface WaitingCodeRecord {
  /** A server that lets no device wait with a code does not say so. */
  kind?: 'gateway' | 'device';
  clientId: string;
  name: string;
  fingerprint: string;
  scopes: string[];
  askedAt: Seconds;
  from: string;
  nameTaken?: true;
  /** Of a device: it is somebody's already. If not one's own, what was shared with it ends. */
  hasOwner?: true;
}
