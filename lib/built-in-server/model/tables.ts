/** Every table of the owner's side, declared in one place: its name, its look-ups and what a record must at least be. */
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import { type IndexedTable, openIndexedTable } from './indexed-table.ts';
import type {
  DeviceRecord,
  EventRecord,
  GatewayRecord,
  HistoryRecord,
  OwnerRecord,
  ReceiptRecord,
  RegistrationTokenRecord,
  RequestRecord,
  ResourceRecord,
  SessionRecord,
  ShareRecord,
} from './records.ts';

export interface Tables {
  owners: IndexedTable<OwnerRecord, never>;
  sessions: IndexedTable<SessionRecord, 'owner'>;
  devices: IndexedTable<DeviceRecord, 'owner' | 'thumbprint' | 'gateway' | 'name' | 'unclaimed'>;
  gateways: IndexedTable<GatewayRecord, 'owner' | 'thumbprint'>;
  resources: IndexedTable<ResourceRecord, 'owner' | 'gateway'>;
  shares: IndexedTable<ShareRecord, 'owner' | 'pair' | 'device' | 'resource' | 'ended'>;
  requests: IndexedTable<RequestRecord, 'owner' | 'pair' | 'device' | 'resource'>;
  history: IndexedTable<HistoryRecord, 'owner'>;
  events: IndexedTable<EventRecord, never>;
  receipts: IndexedTable<ReceiptRecord, 'owner' | 'order'>;
  registrationTokens: IndexedTable<RegistrationTokenRecord, 'owner'>;
}

export function openTables(store: GatewayStore): Tables {
  return {
    owners: openIndexedTable(store, kind<OwnerRecord>('owners', ['name', 'password'], true), {}),
    sessions: openIndexedTable(store, kind<SessionRecord>('sessions', ['id', 'owner', 'csrfHash', 'expiresAt']), {
      owner: (session) => session.owner,
    }),
    devices: openIndexedTable(store, kind<DeviceRecord>('devices', ['clientId', 'state', 'thumbprints']), {
      owner: (device) => device.owner,
      thumbprint: (device) => device.thumbprints,
      gateway: (device) => device.gateway,
      name: (device) => nameKey(device.name),
      unclaimed: (device) => (device.owner === undefined && device.state === 'provisioned' ? 'yes' : undefined),
    }),
    gateways: openIndexedTable(store, kind<GatewayRecord>('gateways', ['clientId', 'thumbprint', 'scopes']), {
      owner: (gateway) => gateway.owner,
      thumbprint: (gateway) => gateway.thumbprint,
    }),
    resources: openIndexedTable(store, kind<ResourceRecord>('resources', ['id', 'owner', 'gateway', 'scopes']), {
      owner: (resource) => resource.owner,
      gateway: (resource) => resource.gateway,
    }),
    shares: openShares(store),
    requests: openIndexedTable(store, kind<RequestRecord>('requests', ['id', 'device', 'resource', 'owner']), {
      owner: (request) => (request.deniedAt === undefined ? request.owner : undefined),
      pair: (request) => pairKey(request.device, request.resource),
      device: (request) => (request.deniedAt === undefined ? request.device : undefined),
      resource: (request) => request.resource,
    }),
    history: openIndexedTable(store, kind<HistoryRecord>('history', ['number', 'what', 'by']), {
      owner: (line) => line.owner,
    }),
    events: openIndexedTable(store, kind<EventRecord>('events', ['number', 'change', 'gateways']), {}),
    receipts: openIndexedTable(store, kind<ReceiptRecord>('receipts', ['number', 'id', 'owner', 'ended']), {
      owner: (receipt) => receipt.owner,
      order: (receipt) => orderKey(receipt.id, receipt.gateway),
    }),
    registrationTokens: openIndexedTable(
      store,
      kind<RegistrationTokenRecord>('registration-tokens', ['owner', 'for', 'usesLeft', 'expiresAt']),
      { owner: (token) => token.owner },
    ),
  };
}

/** Ended shares leave every look-up but their own, so that no decision can meet one. */
function openShares(store: GatewayStore): Tables['shares'] {
  const alive = (value: (share: ShareRecord) => string) => (share: ShareRecord) =>
    share.ended === undefined ? value(share) : undefined;
  return openIndexedTable(
    store,
    kind<ShareRecord>('shares', ['id', 'version', 'owner', 'resource', 'party', 'scopes']),
    {
      owner: alive((share) => share.owner),
      pair: alive((share) => pairKey(share.party.id, share.resource)),
      device: alive((share) => share.party.id),
      resource: alive((share) => share.resource),
      ended: (share) => (share.ended === undefined ? undefined : 'yes'),
    },
  );
}

export function pairKey(device: string, resource: string): string {
  return JSON.stringify([device, resource]);
}

/** An order's id means something only beside the gateway that chose it. */
export function orderKey(id: string, gateway = ''): string {
  return JSON.stringify([gateway, id]);
}

/** Names that look alike to an owner are the same name. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
}

/** Numbered rows are kept under keys that sort as their numbers do. */
export function numberKey(number: number): string {
  return String(number).padStart(12, '0');
}

function kind<T>(name: string, members: (keyof T & string)[], sealed = false): TableKind<T> {
  const read = (stored: unknown): T => {
    if (typeof stored !== 'object' || stored === null || members.some((member) => !(member in stored)))
      throw new TypeError(`not a record of ${name}`);
    return stored as T;
  };
  return sealed ? { name, version: 1, read, sealed } : { name, version: 1, read };
}
