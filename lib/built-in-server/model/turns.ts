import { ModelError } from './model-error.ts';

export interface Sender {
  key: string;
  /** Has been here before, so there can only be a few: goes first, and never hears that strangers are too many. */
  known?: boolean;
}

/**
 * Costly work a few at a time. Who waits is served sender by sender, so that one who asks for much delays everybody else
 * by one task and no more. @throws ModelError `busy` where a sender, or all strangers together, have too many waiting
 */
export type InTurn = <T>(sender: Sender, task: () => Promise<T>) => Promise<T>;

export interface TurnLimits {
  atOnce: number;
  waitingPerSender: number;
  waiting: number;
}

export function createTurns({ atOnce, waitingPerSender, waiting: most }: TurnLimits): InTurn {
  /** Whose turn is next comes first. */
  const ofKnown = new Map<string, (() => void)[]>();
  const ofStrangers = new Map<string, (() => void)[]>();
  let running = 0;

  function queue({ key, known }: Sender): Promise<void> {
    const lines = known ? ofKnown : ofStrangers;
    const line = lines.get(key) ?? [];
    const full = !known && [...ofStrangers.values()].flat().length >= most;
    if (full || line.length >= waitingPerSender) throw new ModelError('busy', 'too many sign-ins at once');
    lines.set(key, line);
    return new Promise((start) => line.push(start));
  }

  function next(): void {
    const start = takeFrom(ofKnown) ?? takeFrom(ofStrangers);
    if (start === undefined) running -= 1;
    else start();
  }

  return async (sender, task) => {
    if (running < atOnce) running += 1;
    else await queue(sender);
    try {
      return await task();
    } finally {
      next();
    }
  };
}

/** The first of the sender whose turn it is, who then comes behind all others if there is more to do. */
function takeFrom(lines: Map<string, (() => void)[]>): (() => void) | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const [key, line] = first;
  const start = line.shift();
  lines.delete(key);
  if (line.length > 0) lines.set(key, line);
  return start;
}
