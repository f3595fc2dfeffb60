import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/**
 * Makes room among connections. Node refuses the newest when there are too many; so whoever opens many and says nothing
 * on them would keep everybody else out, an owner's panic too. Here the one goes that has waited longest without a
 * request under way.
 *
 * @param most - with fewer connections than this nobody goes
 */
export function makeRoomFor(server: Server, most: number): void {
  /** Without a request under way, whoever began to wait first comes first. */
  const waiting = new Map<string, Socket>();
  const open = new Map<string, Socket>();

  server.on('connection', (socket: Socket) => {
    const caller = callerOf(socket);
    open.set(caller, socket);
    waiting.set(caller, socket);
    socket.once('close', () => {
      open.delete(caller);
      waiting.delete(caller);
    });
    const [longest] = waiting;
    if (open.size > most && longest !== undefined) {
      waiting.delete(longest[0]);
      longest[1].destroy();
    }
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const caller = callerOf(socket);
    waiting.delete(caller);
    response.once('close', () => {
      const beneath = open.get(caller);
      if (beneath) waiting.set(caller, beneath);
    });
  });
}

/** Under TLS a request comes by another socket than the connection it came with: both name the same other end. */
function callerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
