/** What is under way on each connection, and when it is over. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Nobody of ours sends a request before the one before it is answered (RFC 9112 9.3.2); whoever does may be so far ahead. */
const MOST_ON_ONE = 10;

/**
 * Takes up a request. Node keeps each that was sent ahead, with its answer, until those before it have been read: whoever
 * reads none would fill the memory, so beyond ten the connection ends, and what else came on it is not looked at.
 *
 * @param over - called once: answered, broken off, or gone with its connection. Of one whose turn never came Node does
 *   not say that it is closed
 * @returns false where it must not be answered
 */
export type TakeUp = (message: IncomingMessage, response: ServerResponse, over?: () => void) => boolean;

export function createUnderWay(most: number = MOST_ON_ONE): TakeUp {
  const endings = new WeakMap<Socket, Set<() => void>>();
  const follow = (socket: Socket) => {
    const own = new Set<() => void>();
    endings.set(socket, own);
    socket.once('close', () => {
      for (const end of own) end();
    });
    return own;
  };
  return ({ socket }, response, over = () => {}) => {
    if (socket.destroyed) return false;
    const own = endings.get(socket) ?? follow(socket);
    if (own.size >= most) {
      socket.destroy();
      return false;
    }
    const end = () => {
      if (own.delete(end)) over();
    };
    own.add(end);
    response.once('close', end);
    return true;
  };
}
