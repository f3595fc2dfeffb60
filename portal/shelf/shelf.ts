import type { Refused } from '../wire/api.ts';
import type { Loaders, Topic, Topics } from './topics.ts';

/** A list as last read. `refused`: why it could not be read anew; what was read before stays, and may be old. */
export interface Held<T> {
  value?: T;
  refused?: Refused;
}

/** Holds what was read, so that a screen shows at once what is known, and reads it anew when it may have changed. */
export interface Shelf {
  look<K extends Topic>(topic: K): Held<Topics[K]>;
  /**
   * Calls back at every change, and reads the topic where nobody has, or not for a while.
   *
   * @param shown - what the caller has shown: a screen is drawn first, and what was read in between counts as a change
   * @returns ends that
   */
  want(topic: Topic, changed: () => void, shown: Held<unknown>): () => void;
  /** Reads anew those of them that somebody wants; without topics, all that is wanted. The others are forgotten. */
  refresh(topics?: readonly Topic[]): Promise<void>;
  /** Somebody else is in front of it now. */
  clear(): void;
}

/** One reading under way. */
interface Flight {
  again: boolean;
  done: Promise<void>;
}

const nothing: Held<never> = Object.freeze({});

/** When something was used is told nobody, so what was read before is shown only until it is read anew. */
const FRESH_MS = 20_000;

export function createShelf(loaders: Loaders, nowMs: () => number = Date.now): Shelf {
  const held = new Map<Topic, Held<unknown>>();
  const readAtMs = new Map<Topic, number>();
  const wanting = new Map<Topic, Set<() => void>>();
  const reading = new Map<Topic, Flight>();
  let age = 0;

  const put = (topic: Topic, next: Held<unknown>) => {
    held.set(topic, next);
    for (const changed of wanting.get(topic) ?? []) changed();
  };
  const readOnce = async (topic: Topic) => {
    const began = age;
    const answer = await loaders[topic]();
    if (began !== age) return;
    readAtMs.set(topic, nowMs());
    if (answer.ok) put(topic, { value: answer.value });
    else put(topic, { ...held.get(topic), refused: answer });
  };
  const readUntilCalm = async (topic: Topic, flight: Flight) => {
    do {
      flight.again = false;
      await readOnce(topic);
    } while (flight.again);
    if (reading.get(topic) === flight) reading.delete(topic);
  };
  const read = (topic: Topic): Promise<void> => {
    const under = reading.get(topic);
    // What is being read may be older than the change that made us ask.
    if (under !== undefined) under.again = true;
    if (under !== undefined) return under.done;
    const flight: Flight = { again: false, done: Promise.resolve() };
    reading.set(topic, flight);
    flight.done = readUntilCalm(topic, flight);
    return flight.done;
  };
  return {
    look: <K extends Topic>(topic: K) => (held.get(topic) ?? nothing) as Held<Topics[K]>,
    want(topic, changed, shown) {
      if ((held.get(topic) ?? nothing) !== shown) changed();
      const own = wanting.get(topic) ?? new Set();
      wanting.set(topic, own.add(changed));
      const isFresh = held.has(topic) && nowMs() - (readAtMs.get(topic) ?? 0) < FRESH_MS;
      if (!isFresh && !reading.has(topic)) void read(topic);
      return () => void own.delete(changed);
    },
    async refresh(topics = [...held.keys()]) {
      const isWanted = (topic: Topic) => (wanting.get(topic)?.size ?? 0) > 0;
      for (const topic of topics) if (!isWanted(topic)) held.delete(topic);
      await Promise.all(topics.filter(isWanted).map(read));
    },
    clear() {
      age += 1;
      held.clear();
      reading.clear();
    },
  };
}
