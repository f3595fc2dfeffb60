import type { HistoryLine, HistoryRecord } from './records.ts';
import { numberKey, type Tables } from './tables.ts';

const KEPT_LINES = 100_000;

export interface History {
  /** Adds one line; beyond 100,000 the oldest goes. */
  add(line: HistoryLine): HistoryRecord;
  /** The newest line's number, 0 at first. */
  latest(): number;
  /** Newest first. `after` is the key of the last line seen. */
  list(owner: string, range: { after?: string; limit: number }): HistoryRecord[];
}

export function createHistory(tables: Pick<Tables, 'history'>, nowSeconds: () => number): History {
  const rows = tables.history;
  const latest = () => rows.all({ reverse: true, limit: 1 })[0]?.number ?? 0;
  return {
    add(line) {
      const number = latest() + 1;
      const record = { ...line, number, at: nowSeconds() };
      rows.put(numberKey(number), record);
      if (number > KEPT_LINES) rows.remove(numberKey(number - KEPT_LINES));
      return record;
    },
    latest,
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}
