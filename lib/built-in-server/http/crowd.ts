import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Makes room among connections. Node refuses the newest when there are too many; so whoever opens many and says nothing
 * on them would keep everybody else out, an owner's panic too. Here the one goes that has waited longest without a
 * request under way.
 *
 * @param most - with fewer connections than this nobody goes
 */
export function makeRoomFor(server: Server, most: number): void {
  /** Without a request under way, whoever began to wait first comes first. */
  const waiting = new Set<Socket>();
  let open = 0;

  server.on('connection', (socket: Socket) => {
    open += 1;
    waiting.add(socket);
    socket.once('close', () => {
      open -= 1;
      waiting.delete(socket);
    });
    const [longest] = waiting;
    if (open > most && longest !== undefined) {
      waiting.delete(longest);
      longest.destroy();
    }
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    waiting.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) waiting.add(socket);
    });
  });
}
