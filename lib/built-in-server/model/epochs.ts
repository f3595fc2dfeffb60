import { newId } from './ids.ts';
import { numberKey, type Tables } from './tables.ts';

/** A gateway that has not been heard since so many starts is told of a gap, which costs it its tokens and nothing else. */
const KEPT_EPOCHS = 1_000;

/** Tells two pasts with the same numbers apart. */
export interface Epochs {
  /** Once at each start, in a transaction, before anybody is told a number. */
  begin(latest: number): void;
  /** The present one. */
  current(): string | undefined;
  /** Is what was heard up to this number, in this epoch, part of the past that this store knows? */
  knows(epoch: string, number: number, latest: number): boolean;
}

export function createEpochs({ epochs: rows }: Pick<Tables, 'epochs'>): Epochs {
  return {
    begin(latest) {
      const [newest] = rows.all({ reverse: true, limit: 1 });
      const number = (newest?.number ?? 0) + 1;
      rows.put(numberKey(number), { id: newId('ep_'), number, from: latest });
      if (number > KEPT_EPOCHS) rows.remove(numberKey(number - KEPT_EPOCHS));
    },
    current: () => rows.all({ reverse: true, limit: 1 })[0]?.id,
    knows(epoch, number, latest) {
      const all = rows.all();
      const at = all.findIndex(({ id }) => id === epoch);
      // It ended where the next one began: what was heard of it beyond that, another past has told.
      return at >= 0 && number <= (all[at + 1]?.from ?? latest);
    },
  };
}
