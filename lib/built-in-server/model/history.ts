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
  const makeRoom = createRoomMaker(rows);
  return {
    add(line) {
      const number = latest() + 1;
      const record = { ...line, number, at: nowSeconds() };
      rows.put(numberKey(number), record);
      const author = historyAuthor(line);
      if (author !== undefined) makeRoom(line.by.kind === 'gateway' ? kept.gateway : kept.other, author);
      makeRoom(kept.all);
      return record;
    },
    latest,
    list: (owner, range) => rows.by('owner', owner, { ...range, reverse: true }),
  };
}

/** More authors than write at a time; those of others are counted again. */
const MOST_COUNTED = 1_000;

/** Lets the oldest lines go, of one author or of all, where there are more than may be. Call it after each line. */
function createRoomMaker(rows: Tables['history']): (most: number, author?: string) => void {
  /** At least as many as there are: counting takes time where they are many. */
  const sizes = new Map<string | undefined, number>();
  const sizeOf = (author?: string) => (author === undefined ? rows.size() : rows.count('author', author));
  const oldest = (limit: number, author?: string) =>
    author === undefined
      ? rows.all({ limit }).map(({ number }) => numberKey(number))
      : rows.keyed('author', author, { limit }).map(([key]) => key);
  return (most, author) => {
    const before = sizes.get(author);
    const size = before === undefined ? sizeOf(author) : before + 1;
    if (size <= most) {
      if (sizes.size >= MOST_COUNTED && before === undefined) sizes.clear();
      sizes.set(author, size);
      return;
    }
    sizes.delete(author);
    const over = sizeOf(author) - most;
    // Some at a time, so that they need not be counted at each line.
    if (over > 0) for (const key of oldest(over + Math.floor(most / 100), author)) rows.remove(key);
  };
}
