import type { Target } from '../servers/authorization-server.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import { type NotAllowed, notAllowed } from './outcome.ts';

/** What happened while a question was on its way, and makes its answer old. */
export interface Flight {
  endings: Target[];
  woken: boolean;
}

/** Questions to the server that are on their way: one for each key, however many wait for it. */
export interface Flights {
  /** @param work - must look at its signal before it keeps anything: an answer that comes too late is nobody's */
  join<T>(key: string, work: (flight: Flight, signal: AbortSignal) => Promise<T>): Promise<T | NotAllowed>;
  ended(target: Target): void;
  wake(): void;
  /** Gives up everything that is on its way. */
  close(): void;
}

const ANSWER_WITHIN_MS = 10_000;
/** So many different questions at once are no flow's; and each of them costs memory. */
const FLIGHT_LIMIT = 1000;
/** More endings than that in one flight are a panic, and taken as one. */
const ENDINGS_LIMIT = 100;

export function createFlights({
  deadline = (ms) => AbortSignal.timeout(ms),
}: {
  deadline?(ms: number): AbortSignal;
}): Flights {
  const flights = new Map<string, { flight: Flight; landing: Promise<unknown> }>();
  const closing = new AbortController();

  async function fly<T>(key: string, flight: Flight, work: (flight: Flight, signal: AbortSignal) => Promise<T>) {
    const signal = AbortSignal.any([closing.signal, deadline(ANSWER_WITHIN_MS)]);
    try {
      return await unlessAborted(signal, work(flight, signal));
    } catch (error) {
      if (signal.aborted) return notAllowed('unreachable', 'server_unreachable');
      throw error;
    } finally {
      flights.delete(key);
    }
  }

  return {
    /** @param work - must look at its signal before it keeps anything: an answer that comes too late is nobody's */
    join<T>(key: string, work: (flight: Flight, signal: AbortSignal) => Promise<T>) {
      const known = flights.get(key);
      // One key, one kind of question: whoever joins gets what the first asked for.
      if (known) return known.landing as Promise<T | NotAllowed>;
      if (flights.size >= FLIGHT_LIMIT) return Promise.resolve(notAllowed('unreachable', 'too_many_requests'));
      const flight: Flight = { endings: [], woken: false };
      const landing = Promise.resolve().then(() => fly(key, flight, work));
      flights.set(key, { flight, landing });
      return landing;
    },
    ended(target) {
      for (const { flight } of flights.values()) {
        if (flight.endings.length < ENDINGS_LIMIT) flight.endings.push(target);
        else flight.endings.splice(0, ENDINGS_LIMIT, { everything: '' });
      }
    },
    wake() {
      for (const { flight } of flights.values()) flight.woken = true;
    },
    close: () => closing.abort(new Error('closed')),
  };
}
