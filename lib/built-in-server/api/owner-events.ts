/** `GET /api/events`: that something changed, to an owner who looks at it (docs/owner-api.md). */
import type { ServerResponse } from 'node:http';
import { takeOver } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { NewsTopic } from '../model/owner-news.ts';
import type { OwnerRoute } from './owner-route.ts';
import { createStreams } from './owner-streams.ts';

type Watched = Pick<Model, 'news' | 'sessions'>;

const HEARTBEAT_MS = 10_000;
/** A home in which much goes on is read anew once in this time, not at every message. */
const QUIET_MS = 1_000;
/** An owner's page that reads nothing is cut off; it comes back and reads all anew. */
const MOST_UNREAD_BYTES = 64 * 1024;

export function ownerEventRoutes(model: Watched, route: OwnerRoute): { routes: Route[]; close(): void } {
  const streams = createStreams();
  const routes = [
    route('GET', '/api/events', 'owner', ({ owner, session = '' }) =>
      takeOver((response) => {
        streams.add({ owner, session }, response);
        writeNews(model, { owner, session }, response);
      }),
    ),
  ];
  return { routes, close: streams.close };
}

function writeNews(model: Watched, { owner, session }: { owner: string; session: string }, response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const write = (chunk: string) => {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(chunk);
  };
  const stands = () => model.sessions.list(owner).some(({ id }) => id === session);
  const beat = () => {
    if (stands()) write(': alive\n\n');
    else response.end();
  };
  const gathering = gather((topics) => {
    // Whoever was signed out meanwhile is told nothing more.
    if (stands()) write(`event: changed\ndata: ${JSON.stringify({ topics })}\n\n`);
    else response.end();
  });
  const unsubscribe = model.news.subscribe(owner, gathering.add);
  const timer = setInterval(beat, HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(timer);
    gathering.close();
    unsubscribe();
  });
  beat();
}

/** Tells the first change as soon as its transaction is done, and those that follow soon after it together. */
function gather(tell: (topics: NewsTopic[]) => void): { add(topic: NewsTopic): void; close(): void } {
  const waiting = new Set<NewsTopic>();
  let timer: NodeJS.Timeout | undefined;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const flush = () => {
    timer = undefined;
    toldAtMs = performance.now();
    const topics = [...waiting].sort();
    waiting.clear();
    tell(topics);
  };
  return {
    add(topic) {
      waiting.add(topic);
      timer ??= setTimeout(flush, Math.max(0, toldAtMs + QUIET_MS - performance.now()));
    },
    close: () => clearTimeout(timer),
  };
}
