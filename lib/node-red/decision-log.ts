/** What rpt-check decided last, as the editor's sidebar shows it while it happens. */
import { LANGUAGES } from '../sharing/language.ts';
import { sayIn } from '../sharing/say.ts';
import type { Text } from '../sharing/text.ts';

/** One decision. */
export interface Decided {
  allowed: boolean;
  reason?: string;
  /** "Let through: Thermostat may start Dishwasher." */
  sentence: Text;
  /** The reason in words. */
  why?: Text;
}

interface Spoken {
  sentence: string;
  why?: string;
}

/** Words and names only: this goes to every editor that is open, and each picks its language. */
export interface Told {
  /** When it was decided last, in milliseconds since 1970. */
  at: number;
  allowed: boolean;
  reason?: string;
  /** How often the same was decided. */
  times: number;
  words: Record<string, Spoken>;
}

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
const LONGEST_VALUE = 200;

interface Entry {
  decided: Decided;
  /** The same words are the same decision. */
  same: string;
  at: number;
  times: number;
}

/** Where a sender may choose what is asked for, it may be as long as they please. */
function bounded({ key, values = {} }: Text): Text {
  const short = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value,
  ]);
  return { key, values: Object.fromEntries(short) };
}

function spoken({ sentence, why }: Decided, language: string): Spoken {
  const say = sayIn(language);
  return { sentence: say(sentence), ...(why && { why: say(why) }) };
}

function toTold({ decided, at, times }: Entry): Told {
  const { allowed, reason } = decided;
  const words = Object.fromEntries(LANGUAGES.map((language) => [language, spoken(decided, language)]));
  return { at, allowed, ...(reason && { reason }), times, words };
}

/**
 * The newest come first. The same decided again moves up and counts: a stranger who is refused a thousand times must not
 * push out what happened beside it, nor make an editor busy.
 */
export function createDecisionLog(id: string, { publish, nowMs }: DecisionLogPorts): DecisionLog {
  const topic = `uma-home/decisions/${id}`;
  let entries: Entry[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    publish(topic, entries.map(toTold), true);
  };
  return {
    topic,
    add({ sentence, ...rest }) {
      const decided = { ...rest, sentence: bounded(sentence) };
      const same = JSON.stringify([decided.sentence, decided.why]);
      const before = entries.find((entry) => entry.same === same);
      const newest = { decided, same, at: nowMs(), times: (before?.times ?? 0) + 1 };
      entries = [newest, ...entries.filter((other) => other !== before)].slice(0, KEPT);
      // Never at once: a message that passes does not wait for editors.
      timer ??= setTimeout(flush, TOLD_EVERY_MS).unref();
    },
    flush,
    forget() {
      clearTimeout(timer);
      timer = undefined;
      entries = [];
      publish(topic, [], false);
    },
  };
}
