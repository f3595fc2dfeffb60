import { ModelError } from './model-error.ts';

/**
 * Costly work a few at a time. Who waits is served sender by sender, so that one who asks for much delays everybody else
 * by one task and no more. @throws ModelError `busy` where a sender, or all together, have too many waiting
 */
export type InTurn = <T>(sender: string, task: () => Promise<T>) => Promise<T>;

export interface TurnLimits {
  atOnce: number;
  waitingPerSender: number;
  waiting: number;
}

export function createTurns({ atOnce, waitingPerSender, waiting: most }: TurnLimits): InTurn {
  /** Whose turn is next comes first. */
  const lines = new Map<string, (() => void)[]>();
  let running = 0;
  let waiting = 0;

  function queue(sender: string): Promise<void> {
    const line = lines.get(sender) ?? [];
    if (line.length >= waitingPerSender || waiting >= most) throw new ModelError('busy', 'too many sign-ins at once');
    lines.set(sender, line);
    waiting += 1;
    return new Promise((start) => line.push(start));
  }

  function next(): void {
    const [first] = lines;
    if (first === undefined) {
      running -= 1;
      return;
    }
    const [sender, line] = first;
    const start = line.shift();
    waiting -= 1;
    // Behind all others, if there is more to do.
    lines.delete(sender);
    if (line.length > 0) lines.set(sender, line);
    start?.();
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
