import { hash } from 'node:crypto';
import type { ResourceDescription } from '../servers/authorization-server.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

/** A resource as flows describe it; the server's id is known only here. */
export type ResourceWish = Omit<ResourceDescription, 'id'>;

/** What is known of a resource that the server has registered. */
export interface ResourceRecord {
  key: string;
  /** The server's id. Means nothing to another server. */
  id: string;
  issuer: string;
  /** Of the description the server was given last. */
  fingerprint: string;
  name: string;
  scopes: string[];
}

/** By key. */
export const RESOURCES: TableKind<ResourceRecord> = { name: 'resource', version: 1, read: readResource };

/** The records of one server's resources; what another server registered is not seen. */
export interface ResourceBook {
  ofKey(key: string): ResourceRecord | undefined;
  ofId(id: string): ResourceRecord | undefined;
  all(): ResourceRecord[];
  /** Resolves when it is on disk. */
  enter(wish: ResourceWish, id: string): Promise<void>;
  strike(key: string): void;
}

export function openResourceBook(store: GatewayStore, issuer: string): ResourceBook {
  const table = store.table(RESOURCES);
  // Every message asks for one: nobody else writes this table, so it is read once.
  let read: Map<string, ResourceRecord> | undefined;
  const ours = () => {
    read ??= new Map([...table.entries()].filter(([, record]) => record.issuer === issuer));
    return read;
  };
  return {
    all: () => [...ours().values()],
    ofKey: (key) => ours().get(key),
    ofId: (id) => [...ours().values()].find((record) => record.id === id),
    async enter(wish, id) {
      const { key, name, scopes } = wish;
      const record = { key, id, issuer, fingerprint: fingerprintOf(wish), name, scopes };
      await store.transaction(() => table.put(key, record));
      ours().set(key, record);
    },
    strike(key) {
      table.remove(key);
      ours().delete(key);
    },
  };
}

/** The same server has another address: its ids mean there what they meant before. Call it in a transaction. */
export function moveResources(store: GatewayStore, from: string, to: string): void {
  const table = store.table(RESOURCES);
  const moved = [...table.entries()].filter(([, record]) => record.issuer === from);
  for (const [key, record] of moved) table.put(key, { ...record, issuer: to });
}

/** The same for the same description, whatever the order of its scopes. */
export function fingerprintOf({ name, type, scopes, iconUri }: ResourceWish): string {
  return hash('sha256', JSON.stringify([name, type ?? null, [...scopes].sort(), iconUri ?? null]), 'base64url');
}

function readResource(stored: unknown): ResourceRecord {
  const record = (typeof stored === 'object' ? stored : null) as Partial<Record<keyof ResourceRecord, unknown>> | null;
  const { key, id, issuer, fingerprint, name, scopes } = record ?? {};
  if (!isText(key) || !isText(id) || !isText(issuer) || !isText(fingerprint) || !isText(name) || !isTexts(scopes)) {
    throw new TypeError('A stored resource is damaged');
  }
  return { key, id, issuer, fingerprint, name, scopes };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}
