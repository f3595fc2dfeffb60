import { spreadOf } from './spread.ts';

/** One of two things that are compared: runs for a short while and says how long one of it took, in milliseconds. */
export type Side = () => Promise<number> | number;

export interface Compared {
  /** How many times as fast `one` was as `other`, in each round. */
  speeds: number[];
  /** Medians, in milliseconds for one of it: for orientation, and different on every machine. */
  oneMs: number;
  otherMs: number;
}

/**
 * Runs both by turns, so that whatever else this computer does meets both; who begins changes with every round.
 * The first rounds warm up and do not count: code that is run often is compiled meanwhile.
 */
export async function sideBySide(rounds: number, one: Side, other: Side, warmUpRounds = 1): Promise<Compared> {
  const took: [number, number][] = [];
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const first = round % 2 === 0 ? await one() : undefined;
    const second = await other();
    took.push([first ?? (await one()), second]);
  }
  const counted = took.slice(warmUpRounds);
  return {
    speeds: counted.map(([oneMs, otherMs]) => otherMs / oneMs),
    oneMs: spreadOf(counted.map(([oneMs]) => oneMs)).median,
    otherMs: spreadOf(counted.map(([, otherMs]) => otherMs)).median,
  };
}

/** Runs `work` for each in turn. @returns the milliseconds that one of them took */
export async function timeEach<T>(items: readonly T[], work: (item: T) => unknown): Promise<number> {
  const startedMs = performance.now();
  for (const item of items) await work(item);
  return (performance.now() - startedMs) / items.length;
}

/** Runs `work` for all, so many at once. @returns the milliseconds that one of them took, on average */
export async function timeAll<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const left = items.values();
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
  return (performance.now() - startedMs) / items.length;
}
