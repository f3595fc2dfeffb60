/** What a gateway remembers of its way to one server: who it is there, whom it trusts there, and, sealed, what it holds. */
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

export interface Connection {
  /** The gateway's own client, once registered. */
  clientId?: string;
  /** RFC 7638 thumbprint of the key it was registered with. */
  keyThumbprint?: string;
  /** It was registered with a token of an owner, whose authority is still to be fetched. */
  ownerPromised?: true;
  /** Whose gateway this is, once known. */
  owner?: string;
  /** RFC 7638 thumbprints of the server's signing keys, as first seen or vouched for since. */
  serverKeys?: string[];
  /** Those of them that gave way to another: good for what they signed, and vouching for nothing. */
  formerKeys?: string[];
  /** The last of them that was confirmed from outside; the same word counts once. */
  confirmedKey?: string;
  /** The last event whose effects are durable here. */
  lastEvent?: number;
  /** In which epoch of the server's numbers that was. */
  epoch?: string;
}

/** A code that waits for the owner (RFC 8628 3.2). */
export interface PendingCode {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  expiresAtMs: number;
  intervalMs: number;
}

export interface ConnectionSecrets {
  pendingCode?: PendingCode;
  /** The owner's authority: a DPoP-bound refresh token and the scopes approved with it. */
  owner?: { refreshToken: string; scopes: string[] };
}

/** Who the gateway is at its server, and whose. */
export type Standing = Readonly<Pick<Connection, 'clientId' | 'owner'>>;

export interface ConnectionState {
  connection(): Connection;
  /** The same object until something changes: every message asks for it. */
  standing(): Standing;
  secrets(): ConnectionSecrets;
  /** Replaces what is named, removes what is named as undefined; all in one durable step. */
  update(change: { connection?: Patch<Connection>; secrets?: Patch<ConnectionSecrets> }): Promise<void>;
  forget(): Promise<void>;
}

type Patch<T> = { [K in keyof T]?: T[K] | undefined };

const CONNECTIONS: TableKind<Connection> = { name: 'server-connection', version: 1, read: readConnection };
const SECRETS: TableKind<ConnectionSecrets> = { name: 'server-secrets', version: 1, sealed: true, read: readSecrets };

/** @param issuer - another server is another connection, with nothing remembered */
export function openConnectionState(store: GatewayStore, issuer: string): ConnectionState {
  const connections = store.table(CONNECTIONS);
  const secrets = store.table(SECRETS);
  const connection = () => connections.get(issuer) ?? {};
  let standing: Standing | undefined;
  /** What was read is forgotten twice: a transaction around this one may still fail. */
  function write(work: () => void): Promise<void> {
    const forget = () => {
      standing = undefined;
    };
    const written = store.transaction(work);
    forget();
    return written.finally(forget);
  }
  return {
    connection,
    standing() {
      standing ??= standingOf(connection());
      return standing;
    },
    secrets: () => secrets.get(issuer) ?? {},
    update: (change) =>
      write(() => {
        if (change.connection) connections.put(issuer, patched(connections.get(issuer) ?? {}, change.connection));
        if (change.secrets) secrets.put(issuer, patched(secrets.get(issuer) ?? {}, change.secrets));
      }),
    forget: () =>
      write(() => {
        connections.remove(issuer);
        secrets.remove(issuer);
      }),
  };
}

function standingOf({ clientId, owner }: Connection): Standing {
  return { ...(clientId !== undefined && { clientId }), ...(owner !== undefined && { owner }) };
}

/**
 * The same server has another address: what is remembered of it goes along, but for a code that names the old one. Call it
 * in a transaction, before the state of either is opened.
 */
export function moveConnection(store: GatewayStore, from: string, to: string): void {
  const connections = store.table(CONNECTIONS);
  const secrets = store.table(SECRETS);
  const connection = connections.get(from);
  if (connection === undefined) return;
  const { pendingCode: _, ...kept } = secrets.get(from) ?? {};
  connections.put(to, connection);
  secrets.put(to, kept);
  connections.remove(from);
  secrets.remove(from);
}

function patched<T extends object>(before: T, patch: Patch<T>): T {
  const merged = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(merged) as T;
}

function readConnection(stored: unknown): Connection {
  const { clientId, keyThumbprint, ownerPromised, owner, serverKeys, formerKeys, confirmedKey, lastEvent, epoch } =
    fields(stored);
  return {
    ...(typeof clientId === 'string' && { clientId }),
    ...(typeof keyThumbprint === 'string' && { keyThumbprint }),
    ...(ownerPromised === true && { ownerPromised }),
    ...(typeof owner === 'string' && { owner }),
    ...(serverKeys !== undefined && { serverKeys: strings(serverKeys) }),
    ...(formerKeys !== undefined && { formerKeys: strings(formerKeys) }),
    ...(typeof confirmedKey === 'string' && { confirmedKey }),
    ...(typeof lastEvent === 'number' && { lastEvent }),
    ...(typeof epoch === 'string' && { epoch }),
  };
}

function readSecrets(stored: unknown): ConnectionSecrets {
  const { pendingCode, owner } = fields(stored);
  return {
    ...(pendingCode !== undefined && { pendingCode: readPendingCode(pendingCode) }),
    ...(owner !== undefined && { owner: readOwner(owner) }),
  };
}

function readPendingCode(stored: unknown): PendingCode {
  const { deviceCode, userCode, verificationUri, expiresAtMs, intervalMs } = fields(stored);
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || typeof verificationUri !== 'string')
    throw damaged();
  if (typeof expiresAtMs !== 'number' || typeof intervalMs !== 'number') throw damaged();
  return { deviceCode, userCode, verificationUri, expiresAtMs, intervalMs };
}

function readOwner(stored: unknown): NonNullable<ConnectionSecrets['owner']> {
  const { refreshToken, scopes } = fields(stored);
  if (typeof refreshToken !== 'string') throw damaged();
  return { refreshToken, scopes: strings(scopes) };
}

function strings(stored: unknown): string[] {
  if (!Array.isArray(stored) || !stored.every((item) => typeof item === 'string')) throw damaged();
  return stored;
}

function fields(stored: unknown): Record<string, unknown> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) throw damaged();
  return stored as Record<string, unknown>;
}

function damaged(): Error {
  return new TypeError('The stored connection is damaged');
}
