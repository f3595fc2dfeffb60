/** Which things are in a flow, and in how many places. */
export interface Holds {
  /** @returns gives this hold back, once */
  add(key: string): () => void;
  has(key: string): boolean;
}

export function createHolds(): Holds {
  const counts = new Map<string, number>();

  function giveBack(key: string): void {
    const left = (counts.get(key) ?? 0) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  }

  return {
    has: (key) => counts.has(key),
    add(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      let held = true;
      return () => {
        if (held) giveBack(key);
        held = false;
      };
    },
  };
}
