/** What rpt-check decided last, as the editor's sidebar shows it while it happens. */

/** Words and names only: this goes to every editor that is open. */
export interface Told {
  /** When it was decided last, in milliseconds since 1970. */
  at: number;
  allowed: boolean;
  reason?: string;
  /** "Thermostat was allowed to start Dishwasher." */
  sentence: string;
  /** The reason in words. */
  why?: string;
  /** How often the same was decided. */
  times: number;
}

/** One decision. */
export type Decided = Omit<Told, 'at' | 'times'>;

export interface DecisionLog {
  /** Where editors hear of it. */
  readonly topic: string;
  add(decided: Decided): void;
  /** Tells what waits to be told. Nothing is left running. */
  flush(): void;
  /** Nothing of it is kept for later editors. */
  forget(): void;
}

export interface DecisionLogPorts {
  /** @param retain - kept for an editor that is opened later */
  publish(topic: string, told: Told[], retain: boolean): void;
  nowMs(): number;
}

const KEPT = 30;
const TOLD_EVERY_MS = 400;

/**
 * The newest come first. The same decided again moves up and counts: a stranger who is refused a thousand times must not
 * push out what happened beside it, nor make an editor busy.
 */
export function createDecisionLog(id: string, { publish, nowMs }: DecisionLogPorts): DecisionLog {
  const topic = `uma-home/decisions/${id}`;
  let told: Told[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    publish(topic, told, true);
  };
  return {
    topic,
    add(decided) {
      const isSame = ({ sentence, why }: Told): boolean => sentence === decided.sentence && why === decided.why;
      const before = told.find(isSame);
      const newest = { ...decided, at: nowMs(), times: (before?.times ?? 0) + 1 };
      told = [newest, ...told.filter((other) => other !== before)].slice(0, KEPT);
      // Never at once: a message that passes does not wait for editors.
      timer ??= setTimeout(flush, TOLD_EVERY_MS).unref();
    },
    flush,
    forget() {
      clearTimeout(timer);
      timer = undefined;
      told = [];
      publish(topic, told, false);
    },
  };
}
