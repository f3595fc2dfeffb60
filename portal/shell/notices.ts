/** What the pages say about what was just done, until it is put away or the reader goes elsewhere. */
export interface Notice {
  kind: 'done' | 'wrong';
  text: string;
  /** Said below it, line by line. */
  details?: readonly string[];
  /** What can be done about it. */
  offer?: { label: string; run(): void };
}

export interface Notices {
  list(): readonly (Notice & { id: number })[];
  show(notice: Notice): void;
  dismiss(id: number): void;
  clear(): void;
  /** @returns ends that */
  watch(changed: () => void): () => void;
}

/** More would push away what they are about. */
const MOST = 3;

export function createNotices(): Notices {
  const watching = new Set<() => void>();
  let shown: readonly (Notice & { id: number })[] = [];
  let lastId = 0;
  const set = (next: typeof shown) => {
    shown = next;
    for (const changed of watching) changed();
  };
  return {
    list: () => shown,
    show(notice) {
      lastId += 1;
      // Whatever comes of the next try, what was wrong with the one before is over.
      const others = shown.filter(({ kind }) => kind !== 'wrong');
      set([...others, { ...notice, id: lastId }].slice(-MOST));
    },
    dismiss: (id) => set(shown.filter((notice) => notice.id !== id)),
    clear: () => set([]),
    watch(changed) {
      watching.add(changed);
      return () => void watching.delete(changed);
    },
  };
}
