import type { Api } from '../wire/api.ts';
import { createEventParser, type StreamEvent } from './event-parser.ts';

/** What changed, as `GET /api/events` names it; `all` where something may have been missed. */
export type News = readonly string[] | 'all';

/** Hears of changes while somebody looks. */
export interface Live {
  start(): void;
  stop(): void;
  /** Neither while it is being opened for the first time nor after `stop`. */
  isAway(): boolean;
  /** It was started, and whether the server can be heard is not known yet. What is read now is read again once it can. */
  isOpening(): boolean;
  hear(listener: (news: News) => void): () => void;
  /** Calls back when `isAway` or `isOpening` may have changed. */
  watch(changed: () => void): () => void;
}

export interface LiveParts {
  follow: Api['follow'];
  /** Resolves after so many milliseconds, or when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Two heartbeats of the server, and some. */
const SILENCE_MS = 25_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export function createLive({ follow, pause }: LiveParts): Live {
  const hearing = new Set<(news: News) => void>();
  const watching = new Set<() => void>();
  let running: AbortController | undefined;
  let away = false;
  let opening = false;
  const tell = (news: News) => {
    for (const listener of [...hearing]) listener(news);
  };
  const stands = (isAway: boolean, isOpening = false) => {
    if (away === isAway && opening === isOpening) return;
    [away, opening] = [isAway, isOpening];
    for (const changed of [...watching]) changed();
  };
  const run = async ({ signal }: AbortController) => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const response = await follow('/api/events', signal);
      if (signal.aborted) return;
      if (response !== undefined) tell('all');
      stands(response === undefined);
      if (response !== undefined) {
        pauseMs = FIRST_PAUSE_MS;
        await readAll(response, (event) => event.event === 'changed' && tell(topicsIn(event)));
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  };
  return {
    start() {
      if (running !== undefined) return;
      running = new AbortController();
      stands(false, true);
      void run(running);
    },
    stop() {
      running?.abort();
      running = undefined;
      stands(false);
    },
    isAway: () => away,
    isOpening: () => opening,
    hear(listener) {
      hearing.add(listener);
      return () => void hearing.delete(listener);
    },
    watch(changed) {
      watching.add(changed);
      return () => void watching.delete(changed);
    },
  };
}

/** Until it ends, breaks, or says nothing for too long: a phone that slept may hold a connection that is none any more. */
async function readAll({ body }: Response, heard: (event: StreamEvent) => void): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = createEventParser(heard);
  for (;;) {
    const timer = setTimeout(() => void reader.cancel().catch(() => {}), SILENCE_MS);
    const read = await reader.read().catch(() => undefined);
    clearTimeout(timer);
    if (read === undefined || read.done) return;
    parse(decoder.decode(read.value, { stream: true }));
  }
}

function topicsIn({ data }: StreamEvent): News {
  try {
    const { topics } = JSON.parse(data) as { topics?: unknown };
    return Array.isArray(topics) ? topics.map(String) : 'all';
  } catch {
    return 'all';
  }
}
