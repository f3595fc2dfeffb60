/** What has to be ended, in the reverse order of its beginning. */
export interface Closers {
  add(close: () => unknown): void;
  /** Ends everything once; a fault in one closing keeps none of the others from ending. */
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const closings: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (let close = closings.pop(); close; close = closings.pop()) {
      try {
        await close();
      } catch {
        // What cannot be ended any more has ended; correctness never depends on it (security.md, Storage).
      }
    }
  }

  return {
    add: (close) => closings.push(close),
    close: () => {
      closed ??= closeAll();
      return closed;
    },
  };
}
