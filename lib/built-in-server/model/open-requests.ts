import type { Party } from '../../sharing/share.ts';
import type { RequestRecord, ShareRecord } from './records.ts';
import { nameKey, pairKey, partyKey, type Tables } from './tables.ts';

const LIFE_SECONDS = 7 * 24 * 60 * 60;
const DENIED_SECONDS = 24 * 60 * 60;

/** The rows of requests with their ages: what is too old is taken away by whoever looks. */
export interface OpenRequests {
  get(id: string): RequestRecord | undefined;
  ofPair(party: Party, resource: string): RequestRecord | undefined;
  ofDevice(device: string): RequestRecord[];
  ofOwner(owner: string): RequestRecord[];
  put(record: RequestRecord): void;
  remove(id: string): void;
  /** A share that gives all a request asks for closes it. */
  closeCovered(share: ShareRecord): void;
  removeDevice(device: string): void;
  removePerson(name: string): void;
  removeResource(resource: string): void;
}

export function createOpenRequests({ requests: rows }: Pick<Tables, 'requests'>, now: () => number): OpenRequests {
  const fresh = (record: RequestRecord | undefined): RequestRecord[] => {
    if (record === undefined) return [];
    const end = record.deniedAt === undefined ? record.since + LIFE_SECONDS : record.deniedAt + DENIED_SECONDS;
    if (now() < end) return [record];
    rows.remove(record.id);
    return [];
  };
  const removeAll = (records: RequestRecord[]) => {
    for (const record of records) rows.remove(record.id);
  };
  return {
    get: (id) => fresh(rows.get(id))[0],
    ofPair: (party, resource) => rows.by('pair', pairKey(partyKey(party), resource)).flatMap(fresh)[0],
    ofDevice: (device) => rows.by('device', device).flatMap(fresh),
    ofOwner: (owner) => rows.by('owner', owner).flatMap(fresh),
    put: (record) => rows.put(record.id, record),
    remove: (id) => rows.remove(id),
    closeCovered(share) {
      const pair = rows.by('pair', pairKey(partyKey(share.party), share.resource));
      removeAll(pair.filter((request) => request.scopes.every((scope) => share.scopes.includes(scope))));
    },
    removeDevice: (device) => removeAll(rows.by('device', device)),
    removePerson: (name) => removeAll(rows.by('person', nameKey(name))),
    removeResource: (resource) => removeAll(rows.by('resource', resource)),
  };
}
