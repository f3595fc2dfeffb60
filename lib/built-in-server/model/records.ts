/** What the built-in server keeps, one record type per noun. Times are seconds since 1970 unless the name ends in `Ms`. */
import type { EndedShare } from '../../sharing/ending.ts';
import type { RefusalCounts, RefusalReason } from '../../sharing/refusal.ts';
import type { Seconds, Share } from '../../sharing/share.ts';

/** Who did something. `owner` on a gateway is the one it acted for. */
export type Actor =
  | { kind: 'owner'; owner: string }
  | { kind: 'gateway'; gateway: string; owner?: string }
  | { kind: 'device'; device: string }
  | { kind: 'server' };

export interface PasswordHash {
  cost: number;
  blockSize: number;
  parallelization: number;
  salt: string;
  hash: string;
}

/** Whoever can sign in. */
export interface OwnerRecord {
  name: string;
  password: PasswordHash;
  createdAt: Seconds;
  panicSince?: Seconds;
  /** This server has forgotten changes, as after a restored backup, and the owner has not looked through what is there. */
  forgottenSince?: Seconds;
  /** A guest of the owner who is named here: owns nothing, and may be shared with. */
  guestOf?: string;
}

/** Half of it is the cookie, known by its hash (the key); the other half is the CSRF token. */
export interface SessionRecord extends SignedInFrom {
  id: string;
  owner: string;
  csrfHash: string;
  createdAt: Seconds;
  expiresAt: Seconds;
}

/** By what a person knows a session again. */
export interface SignedInFrom {
  /** The address. */
  from?: string;
  /** Each by a name of ours, where it is a known one. */
  browser?: string;
  system?: string;
}

export type DeviceState = 'provisioned' | 'active' | 'quarantined' | 'retired';

export interface DeviceRecord {
  clientId: string;
  name: string;
  /** The name it gave itself at an open registration; shown as such until its owner names it. */
  callsItself: string;
  nameTaken: boolean;
  owner?: string;
  state: DeviceState;
  assurance: 'device' | 'shared' | 'gateway';
  /** The gateway that holds its key. */
  gateway?: string;
  /** Of every key it ever had, the present one last: none of them is ever another's. */
  thumbprints: string[];
  /** When the present key took the place of another. */
  keyChangedAt?: Seconds;
  /** What is bound to the key before it is good until then. */
  overlap?: { thumbprint: string; until: Seconds };
  createdAt: Seconds;
  lastSeen?: Seconds;
  /** Whether its gateway has it in a flow; absent where the gateway never said, and for one outside of any. */
  inFlow?: boolean;
  /** Its owner removed it. What stays belongs to nobody and is shown to nobody: its keys never come in again. */
  removedAt?: Seconds;
}

export interface GatewayRecord {
  clientId: string;
  name: string;
  /** Absent until an owner approved it. */
  owner?: string;
  thumbprint: string;
  /** The address it registered from. */
  from: string;
  createdAt: Seconds;
  connectedAt?: Seconds;
  /** What its owner approved. */
  scopes: string[];
  /** Where its owner limited `shares:grant`: only these. */
  resources?: string[];
  /** Everything was stopped since, which ended its authority: what it may do it may again once its owner lets it in anew. */
  asksAnew?: true;
  /** The epoch in which it told last of a past that this server does not know. */
  forgottenIn?: string;
  /** Its owner stopped it. The record stays, so that its key never comes in again. */
  stopped?: Seconds;
}

export interface ResourceRecord {
  id: string;
  name: string;
  type?: string;
  scopes: string[];
  iconUri?: string;
  description?: string;
  owner: string;
  gateway: string;
  createdAt: Seconds;
  /** Whether its gateway has it in a flow; absent where the gateway never said. */
  inFlow?: boolean;
}

export interface ShareRecord extends Share {
  gateway: string;
  createdAt: Seconds;
  by: Actor;
  /** Of a share for one message: a token that may still be used is out until then. */
  lentUntil?: Seconds;
  /** Once set, the id is dead for ever. */
  ended?: { at: Seconds; why: string; by: Actor };
}

export interface RequestRecord {
  id: string;
  device: string;
  /** Who uses the device, where they have said so: the share would be theirs, whatever device of that kind they use. */
  person?: string;
  resource: string;
  owner: string;
  scopes: string[];
  since: Seconds;
  /** While set, the owner said no and is not asked again for a day. */
  deniedAt?: Seconds;
}

/** A line of history as its maker gives it; the history adds number and time. */
export interface HistoryLine {
  what: string;
  by: Actor;
  owner?: string;
  device?: string;
  resource?: string;
  share?: string;
  why?: string;
  values?: Record<string, string | number>;
}

export interface HistoryRecord extends HistoryLine {
  number: number;
  at: Seconds;
}

/**
 * What a gateway has not let through, of one kind, within a day. Without a resource, a reason and reasons: of too many
 * kinds.
 */
export interface RefusalRecord {
  id: string;
  /** The row's key: behind the line of history that was the newest when this was written last. */
  place: string;
  owner: string;
  gateway: string;
  resource?: string;
  device?: string;
  reason?: RefusalReason;
  /** Where nobody knows who it was, how often for which reason. Without a resource: at any of those without a row. */
  reasons?: RefusalCounts;
  count: number;
  first: Seconds;
  last: Seconds;
  /** By the server's own clock. */
  begunAt: Seconds;
}

/** What gateways hear and the store keeps: `ServerChange` of the adapters' seam, without its number. */
export type Change =
  | { type: 'share-granted'; at: Seconds; share: string; device: string; resource: string }
  | { type: 'share-ended'; at: Seconds; share: string; device: string; resource: string; why?: 'used_up' }
  | { type: 'token-revoked'; at: Seconds; tokenHash: string }
  | { type: 'request-denied'; at: Seconds; device: string; resource: string }
  | { type: 'request-made'; at: Seconds; request: string; device: string; resource: string }
  | { type: 'device-state'; at: Seconds; device: string; state: DeviceState; why: string }
  | { type: 'device-key'; at: Seconds; device: string; jkt: string }
  | { type: 'panic' | 'panic-ended'; at: Seconds; owner: string };

export interface EventRecord {
  number: number;
  atMs: number;
  /** Client ids of the gateways it concerns. */
  gateways: string[];
  change: Change;
}

/**
 * From one start of the server to the next. A store that was put back from a backup knows none of those that came after
 * the backup, and gives their numbers to other events.
 */
export interface EpochRecord {
  id: string;
  number: number;
  /** The newest event's number when it began. */
  from: number;
}

/** The kept answer to an order to end something, so that the same order has the same answer. */
export interface ReceiptRecord {
  number: number;
  /** The order's id, chosen by whoever gave it. */
  id: string;
  owner: string;
  gateway?: string;
  target: object;
  at: Seconds;
  ended: EndedShare[];
  events: number[];
  /** Who has not confirmed yet. Absent in receipts of older versions, which nobody kept account of. */
  awaited?: AwaitedRecord[];
  /** Who has, after how long. */
  confirmed?: { id: string; ms: number }[];
}

/** A gateway that has to confirm all up to an event, of which it was told first at `sinceMs`. */
export interface AwaitedRecord {
  gateway: string;
  number: number;
  sinceMs: number;
}

export interface RegistrationTokenRecord {
  owner: string;
  for: 'gateway' | 'device';
  usesLeft: number;
  expiresAt: Seconds;
}
