/**
 * Every random choice of the fault tests, out of one seed: `UMA_FAULT_SEED`, or a new one, which is printed. The same
 * seed makes the same choices in the same order; when the processes under test get to run is not in its power.
 */
import { randomInt } from 'node:crypto';

export interface Seeded {
  seed: number;
  /** A whole number from 0, below `beyond`. */
  below(beyond: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Choices of its own for a part that runs beside others, whatever those do. */
  fork(name: string): Seeded;
}

/** Of this run: given, or drawn once and printed. */
function seedOfRun(): number {
  process.env.UMA_FAULT_SEED ??= String(randomInt(2 ** 31));
  return Number(process.env.UMA_FAULT_SEED);
}

/** FNV-1a: a name's own number. */
function numberOf(name: string): number {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(name)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}

/** mulberry32: 32 bits of state, and good enough to choose by. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function seededBy(seed: number, name: string): Seeded {
  const next = generator(seed ^ numberOf(name));
  const below = (beyond: number): number => Math.floor(next() * beyond);
  return {
    seed,
    below,
    between: (least, most) => least + below(most - least + 1),
    pick(choices) {
      if (choices.length === 0) throw new RangeError('there is nothing to pick from');
      return choices[below(choices.length)] as (typeof choices)[number];
    },
    fork: (more) => seededBy(seed, `${name}/${more}`),
  };
}

/** The choices of one test, by this run's seed. Says which seed that is. */
export function seeded(name: string): Seeded {
  const seed = seedOfRun();
  console.log(`      UMA_FAULT_SEED=${seed} (${name})`);
  return seededBy(seed, name);
}

/** The long form (`npm run test:long`), or the short one that is part of `npm test`. */
export const isLong = (): boolean => process.env.UMA_FAULTS === 'long';

export const shortOrLong = <T>(short: T, long: T): T => (isLong() ? long : short);
