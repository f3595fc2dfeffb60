import type { Changed, IndexedTable } from './indexed-table.ts';
import type { NewsTopic, OwnerNews } from './owner-news.ts';
import type { Tables } from './tables.ts';

/** Lets owners hear that something of theirs changed, whoever changed it and wherever: nobody who writes has to think of it. */
export function tellOwners(tables: Tables, news: Pick<OwnerNews, 'note'>): void {
  const tell = <T extends { owner?: string }>(table: Pick<IndexedTable<T, never>, 'watch'>, topic: NewsTopic) =>
    table.watch(toWhomItBelongs(news, topic));
  tell(tables.requests, 'requests');
  tell(tables.shares, 'shares');
  tell(tables.resources, 'resources');
  tell(tables.gateways, 'gateways');
  tell(tables.sessions, 'sessions');
  tell(tables.history, 'history');
  tell(tables.refusals, 'history');
  tell(tables.receipts, 'receipts');
  tables.devices.watch((before, after) => {
    if (isUse(before, after)) return;
    // One that is nobody's yet is shown to every owner.
    for (const device of [before, after]) if (device !== undefined) news.note(device.owner, 'devices');
  });
  tables.owners.watch((before, after) => {
    news.note((after ?? before)?.name, 'home');
    news.note(undefined, 'people');
  });
}

function toWhomItBelongs<T extends { owner?: string }>(news: Pick<OwnerNews, 'note'>, topic: NewsTopic): Changed<T> {
  return (before, after) => {
    if (isUse(before, after)) return;
    for (const owner of new Set([before?.owner, after?.owner])) if (owner !== undefined) news.note(owner, topic);
  };
}

/** That something was used is no news: in a large home that happens all the time, and whoever looks reads it. */
function isUse(before: object | undefined, after: object | undefined): boolean {
  return before !== undefined && after !== undefined && withoutUse(before) === withoutUse(after);
}

const USE = ['lastSeen', 'lastUsed', 'lentUntil'];

function withoutUse(record: object): string {
  return JSON.stringify(record, (key, value: unknown) => (USE.includes(key) ? undefined : value));
}
