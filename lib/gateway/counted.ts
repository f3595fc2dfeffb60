/** Things of which there is one for each key: opened by the first who takes it, closed by the last who gives it back. */
export interface Counted<T> {
  /** Waits for one that is closing, then opens anew; rejects with what kept it from opening. */
  take(key: string, open: () => Promise<T>): Promise<Taken<T>>;
}

export interface Taken<T> {
  value: T;
  /** Idempotent; resolves when it is closed, where this was the last. */
  giveBack(): Promise<void>;
}

interface Entry<T> {
  users: number;
  value: Promise<T>;
}

export function createCounted<T extends { close(): Promise<void> }>(): Counted<T> {
  const entries = new Map<string, Entry<T>>();
  const closings = new Map<string, Promise<void>>();

  function enter(key: string, open: () => Promise<T>): Entry<T> {
    const found = entries.get(key);
    if (found) return found;
    const made: Entry<T> = { users: 0, value: open() };
    entries.set(key, made);
    return made;
  }

  async function leave(key: string, entry: Entry<T>): Promise<void> {
    entry.users -= 1;
    if (entry.users > 0 || entries.get(key) !== entry) return;
    entries.delete(key);
    const closed = entry.value.then((value) => value.close()).finally(() => closings.delete(key));
    closings.set(key, closed);
    await closed;
  }

  return {
    async take(key, open) {
      for (let closing = closings.get(key); closing; closing = closings.get(key)) await closing.catch(() => {});
      const entry = enter(key, open);
      entry.users += 1;
      let given: Promise<void> | undefined;
      try {
        const value = await entry.value;
        return {
          value,
          giveBack: () => {
            given ??= leave(key, entry);
            return given;
          },
        };
      } catch (error) {
        // Nothing was opened: the next who asks tries again.
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    },
  };
}
