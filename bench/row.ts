import type { Spread } from './spread.ts';

/** One line of the table. */
export interface Row {
  /** What is measured, and against what. */
  what: string;
  unit: 'times' | 'MB' | 's' | 'kB';
  figures: Spread;
  /** From "Must reach": what the median has to be. */
  bound: { atLeast: number } | { atMost: number };
  /** What these figures were made of: different on every machine. */
  seen: string;
}

export function isReached({ bound, figures: { median } }: Row): boolean {
  return 'atLeast' in bound ? median >= bound.atLeast : median <= bound.atMost;
}
