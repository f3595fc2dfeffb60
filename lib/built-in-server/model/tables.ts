/** Every table of the owner's side, declared in one place: its name, its look-ups and what a record must at least be. */
import type { Party } from '../../sharing/share.ts';
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import { type IndexedTable, openIndexedTable } from './indexed-table.ts';
import type {
  DeviceRecord,
  EpochRecord,
  EventRecord,
  GatewayRecord,
  HistoryRecord,
  OwnerRecord,
  ReceiptRecord,
  RefusalRecord,
  RegistrationTokenRecord,
  RequestRecord,
  ResourceRecord,
  SessionRecord,
  ShareRecord,
} from './records.ts';

export interface Tables {
  owners: IndexedTable<OwnerRecord, never>;
  sessions: IndexedTable<SessionRecord, 'owner'>;
  devices: IndexedTable<
    DeviceRecord,
    'owner' | 'thumbprint' | 'gateway' | 'name' | 'unclaimed' | 'overlap' | 'leftFlow'
  >;
  gateways: IndexedTable<GatewayRecord, 'owner' | 'thumbprint'>;
  resources: IndexedTable<ResourceRecord, 'owner' | 'gateway' | 'leftFlow'>;
  shares: IndexedTable<ShareRecord, 'owner' | 'pair' | 'device' | 'person' | 'people' | 'resource' | 'ended'>;
  requests: IndexedTable<RequestRecord, 'owner' | 'pair' | 'device' | 'person' | 'resource'>;
  history: IndexedTable<HistoryRecord, 'owner' | 'author'>;
  refusals: IndexedTable<RefusalRecord, 'owner' | 'gateway' | 'kind' | 'unknown'>;
  events: IndexedTable<EventRecord, never>;
  epochs: IndexedTable<EpochRecord, never>;
  receipts: IndexedTable<ReceiptRecord, 'owner' | 'order' | 'gateway' | 'awaited'>;
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
      name: (device) => (device.removedAt === undefined ? nameKey(device.name) : undefined),
      overlap: (device) => (device.overlap === undefined ? undefined : 'yes'),
      leftFlow: (device) => (device.inFlow === false && device.state !== 'retired' ? device.owner : undefined),
      unclaimed: (device) => (device.owner === undefined && device.state === 'provisioned' ? 'yes' : undefined),
    }),
    gateways: openIndexedTable(store, kind<GatewayRecord>('gateways', ['clientId', 'thumbprint', 'scopes']), {
      owner: (gateway) => gateway.owner,
      thumbprint: (gateway) => gateway.thumbprint,
    }),
    resources: openIndexedTable(store, kind<ResourceRecord>('resources', ['id', 'owner', 'gateway', 'scopes']), {
      owner: (resource) => resource.owner,
      gateway: (resource) => resource.gateway,
      leftFlow: (resource) => (resource.inFlow === false ? resource.owner : undefined),
    }),
    shares: openShares(store),
    requests: openIndexedTable(store, kind<RequestRecord>('requests', ['id', 'device', 'resource', 'owner']), {
      owner: (request) => (request.deniedAt === undefined ? request.owner : undefined),
      pair: (request) => pairKey(partyKey(askingParty(request)), request.resource),
      device: (request) => (request.deniedAt === undefined ? request.device : undefined),
      person: (request) => request.person && nameKey(request.person),
      resource: (request) => request.resource,
    }),
    history: openIndexedTable(store, kind<HistoryRecord>('history', ['number', 'what', 'by']), {
      owner: (line) => line.owner,
      author: historyAuthor,
    }),
    refusals: openIndexedTable(store, kind<RefusalRecord>('refusals', ['id', 'place', 'owner', 'gateway', 'count']), {
      owner: (row) => row.owner,
      gateway: (row) => row.gateway,
      kind: refusalKey,
      unknown: (row) => (row.reasons === undefined ? undefined : row.gateway),
    }),
    events: openIndexedTable(store, kind<EventRecord>('events', ['number', 'change', 'gateways']), {}),
    epochs: openIndexedTable(store, kind<EpochRecord>('event-epochs', ['id', 'number', 'from']), {}),
    receipts: openIndexedTable(store, kind<ReceiptRecord>('receipts', ['number', 'id', 'owner', 'ended']), {
      owner: (receipt) => receipt.owner,
      order: (receipt) => orderKey(receipt.id, receipt.gateway),
      gateway: (receipt) => receipt.gateway,
      awaited: (receipt) => receipt.awaited?.map(({ gateway }) => gateway),
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
  const alive = (value: (share: ShareRecord) => string | undefined) => (share: ShareRecord) =>
    share.ended === undefined ? value(share) : undefined;
  const isPerson = ({ party }: ShareRecord) => party.kind === 'person';
  return openIndexedTable(
    store,
    kind<ShareRecord>('shares', ['id', 'version', 'owner', 'resource', 'party', 'scopes']),
    {
      owner: alive((share) => share.owner),
      pair: alive((share) => pairKey(partyKey(share.party), share.resource)),
      device: alive((share) => (isPerson(share) ? undefined : share.party.id)),
      person: alive((share) => (isPerson(share) ? nameKey(share.party.id) : undefined)),
      // Resources that anything is shared with people of.
      people: alive((share) => (isPerson(share) ? share.resource : undefined)),
      resource: alive((share) => share.resource),
      ended: (share) => (share.ended === undefined ? undefined : 'yes'),
    },
  );
}

/** @param party - as `partyKey` writes it */
export function pairKey(party: string, resource: string): string {
  return JSON.stringify([party, resource]);
}

/** No name of a person can be taken for the id of a device: those hold no blank. */
export function partyKey({ kind, id }: Party): string {
  return kind === 'device' ? id : `person ${nameKey(id)}`;
}

/** With whom an approval would share. */
export function askingParty({ device, person }: Pick<RequestRecord, 'device' | 'person'>): Party {
  return person === undefined ? { kind: 'device', id: device } : { kind: 'person', id: person };
}

/** An order's id means something only beside the gateway that chose it. */
export function orderKey(id: string, gateway = ''): string {
  return JSON.stringify([gateway, id]);
}

/** What is of the same kind is told in one row: of whoever is unknown, all that is at one resource. */
export function refusalKey(
  kind: Pick<RefusalRecord, 'gateway' | 'resource' | 'device' | 'reason' | 'reasons'>,
): string {
  const { gateway, resource, device, reason, reasons } = kind;
  return JSON.stringify(reasons === undefined ? [gateway, resource, device, reason] : [gateway, resource, 'unknown']);
}

/** Who has written a line of history, where that is neither its owner nor the server itself. */
export function historyAuthor({ by, owner }: Pick<HistoryRecord, 'by' | 'owner'>): string | undefined {
  if (by.kind === 'gateway') return JSON.stringify(['gateway', by.gateway]);
  if (by.kind === 'device') return JSON.stringify(['device', by.device]);
  return by.kind === 'owner' && by.owner !== owner ? JSON.stringify(['person', nameKey(by.owner)]) : undefined;
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
