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
  tell(tables.receipts, 'receipts');
  tables.devices.watch((before, after) => {
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
    for (const owner of new Set([before?.owner, after?.owner])) if (owner !== undefined) news.note(owner, topic);
  };
}
