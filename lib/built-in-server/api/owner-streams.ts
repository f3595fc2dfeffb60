import type { ServerResponse } from 'node:http';

const MOST_PER_SESSION = 4;
const MOST_PER_OWNER = 20;

/** Whose stream it is. */
interface Listening {
  owner: string;
  session: string;
}

/** The open streams of owners. Beyond four of a session, or twenty of an owner, the oldest ends. */
export interface Streams {
  add(by: Listening, response: ServerResponse): void;
  /** Ends every stream. */
  close(): void;
}

export function createStreams(): Streams {
  /** In the order in which they were opened. */
  const open = new Map<ServerResponse, Listening>();
  const makeRoom = (most: number, counts: (by: Listening) => boolean) => {
    const counted = [...open].filter(([, by]) => counts(by));
    for (const [response] of counted.slice(0, Math.max(0, counted.length - most + 1))) {
      open.delete(response);
      response.end();
    }
  };
  return {
    add(by, response) {
      makeRoom(MOST_PER_SESSION, ({ session }) => session === by.session);
      makeRoom(MOST_PER_OWNER, ({ owner }) => owner === by.owner);
      open.set(response, by);
      response.once('close', () => open.delete(response));
    },
    close() {
      for (const response of open.keys()) response.end();
    },
  };
}
