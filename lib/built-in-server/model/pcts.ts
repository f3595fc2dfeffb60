import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';
import type { Seconds } from '../../uma/permission.ts';
import { newSecret, sha256 } from './ids.ts';
import { openIndexedTable } from './indexed-table.ts';

/** Who stands behind a client, as they once told on the claims page: known by the hash of the token that says so. */
export interface PctRecord {
  hash: string;
  client: string;
  person: string;
  issuedAt: Seconds;
  expiresAt: Seconds;
}

/**
 * Persisted claims tokens (UMA Grant 3.3.5): they spare a person the claims page the next time. Unguessable and saying
 * nothing (UMA Grant 5.4), bound to the client that got them (5.2), each good for one grant, which gives the next one.
 */
export interface Pcts {
  /** Beyond a few per client the oldest goes. */
  issue(client: string, person: string): string;
  /** Alive ones only, by the hash. */
  get(hash: string): PctRecord | undefined;
  /** Who has said that they use this client, and may go on with that. */
  peopleOf(client: string): string[];
  remove(hash: string): void;
  removeOfClient(client: string): void;
  removeOfPerson(person: string): void;
  removeAll(): void;
  /** Drops what has expired. */
  sweep(): void;
}

/** How one is told from every other token. */
export const pctPrefix = 'pct_';

const LIFE_SECONDS = 90 * 24 * 60 * 60;
const MOST_PER_CLIENT = 8;

const kind: TableKind<PctRecord> = {
  name: 'pcts',
  version: 1,
  read(stored) {
    if (typeof stored !== 'object' || stored === null || !('person' in stored)) throw new TypeError('not a PCT');
    return stored as PctRecord;
  },
};

export function openPcts(store: GatewayStore, nowSeconds: () => number): Pcts {
  const rows = openIndexedTable(store, kind, {
    client: (pct: PctRecord) => pct.client,
    person: (pct: PctRecord) => pct.person,
  });
  const removeAll = (found: PctRecord[]) => {
    for (const { hash } of found) rows.remove(hash);
  };
  const isOver = ({ expiresAt }: PctRecord) => expiresAt <= nowSeconds();
  return {
    issue(client, person) {
      const oldestFirst = rows.by('client', client).sort((one, other) => one.issuedAt - other.issuedAt);
      removeAll(oldestFirst.slice(0, Math.max(0, oldestFirst.length + 1 - MOST_PER_CLIENT)));
      const pct = pctPrefix + newSecret();
      const hash = sha256(pct);
      const issuedAt = nowSeconds();
      rows.put(hash, { hash, client, person, issuedAt, expiresAt: issuedAt + LIFE_SECONDS });
      return pct;
    },
    get(hash) {
      const record = rows.get(hash);
      return record === undefined || isOver(record) ? undefined : record;
    },
    peopleOf(client) {
      const alive = rows.by('client', client).filter((pct) => !isOver(pct));
      return [...new Set(alive.map(({ person }) => person))];
    },
    remove: (hash) => rows.remove(hash),
    removeOfClient: (client) => removeAll(rows.by('client', client)),
    removeOfPerson: (person) => removeAll(rows.by('person', person)),
    removeAll: () => removeAll(rows.all()),
    sweep: () => removeAll(rows.all().filter(isOver)),
  };
}
