import type { RowRange } from './indexed-table.ts';
import { ModelError } from './model-error.ts';
import type { ResourceRecord } from './records.ts';
import type { Tables } from './tables.ts';

const MOST_PER_OWNER = 10_000;
/** A gateway that loops must leave its owner room for others. */
const MOST_PER_GATEWAY = 2_000;

export interface Resources {
  get(id: string): ResourceRecord | undefined;
  /** @throws ModelError `too_many` where the owner has 10,000, or the gateway 2,000 */
  put(record: ResourceRecord): void;
  ofGateway(gateway: string): ResourceRecord[];
  ofOwner(owner: string, range?: RowRange): ResourceRecord[];
}

export function createResources({ resources: rows }: Pick<Tables, 'resources'>): Resources {
  return {
    get: (id) => rows.get(id),
    put(record) {
      const full = () =>
        rows.count('owner', record.owner) >= MOST_PER_OWNER ||
        rows.count('gateway', record.gateway) >= MOST_PER_GATEWAY;
      if (rows.get(record.id) === undefined && full()) throw new ModelError('too_many', 'too many resources');
      rows.put(record.id, record);
    },
    ofGateway: (gateway) => rows.by('gateway', gateway),
    ofOwner: (owner, range = {}) => rows.by('owner', owner, range),
  };
}
