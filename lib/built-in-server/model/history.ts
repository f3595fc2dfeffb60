import type { HistoryLine, HistoryRecord } from './records.ts';
import { historyAuthor, numberKey, type Tables } from './tables.ts';

/** Gateways have much to tell; a device or a guest has not. Whoever acts in a loop drives out only lines of their own. */
const KEPT: LinesKept = { all: 100_000, gateway: 20_000, other: 2_000 };

interface LinesKept {
  all: number;
  /** Of one gateway. */
  gateway: number;
  /** Of one device or guest. What owners and the server itself do is kept as long as there is room. */
  other: number;
}

export interface History {
  /** Adds one line; beyond 100,000 the oldest go, and beyond what one may fill the oldest of theirs. */
  add(line: HistoryLine): HistoryRecord;
  /** The newest line's number, 0 at first. */
  latest(): number;
  /** Newest first. `after` is the key of the last line seen. */
  list(owner: string, range: { after?: string; limit: number }): HistoryRecord[];
}

export function createHistory(
  { history: rows }: Pick<Tables, 'history'>,
  nowSeconds: () => number,
  kept: LinesKept = KEPT,
): History {
  const latest = () => rows.all({ reverse: true, limit: 1 })[0]?.number ?? 0;
  /** At least as many as there are. */
  let size: number | undefined;
  const makeRoomFor = (line: HistoryLine) => {
    const author = historyAuthor(line);
    const most = line.by.kind === 'gateway' ? kept.gateway : kept.other;
    if (author === undefined || rows.count('author', author) <= most) return;
    for (const [key] of rows.keyed('author', author, { limit: 1 })) rows.remove(key);
  };
  const makeRoom = () => {
    size = size === undefined ? rows.size() : size + 1;
    if (size <= kept.all) return;
    const over = rows.size() - kept.all;
    // Some at a time, so that they need not be counted at each line.
    const oldest = over > 0 ? rows.all({ limit: over + Math.floor(kept.all / 100) }) : [];
    for (const { number } of oldest) rows.remove(numberKey(number));
    size = rows.size();
  };
  return {
    add(line) {
      const number = latest() + 1;
      const record = { ...line, number, at: nowSeconds() };
      rows.put(numberKey(number), record);
      makeRoomFor(line);
      makeRoom();
      return record;
    },
    latest,
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}
