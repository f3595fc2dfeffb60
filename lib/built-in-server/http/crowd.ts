import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/**
 * Makes room among connections. Node refuses the newest when there are too many; so whoever opens many and says nothing
 * on them would keep everybody else out, an owner's panic too. Here the one goes that has waited longest without a
 * request under way. One whose body is still to come is none yet, and one whose answer is written is none any more: whoever
 * is at the other end may stop at any byte. Nor is one that was sent ahead of its turn.
 *
 * @param most - with fewer connections than this nobody goes
 * @returns cuts all of them off, those too that only begin to speak TLS, of which an HTTP server does not know yet
 */
export function makeRoomFor(server: Server, most: number): () => void {
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
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    if (response.socket === null) return;
    const caller = callerOf(message.socket);
    const waitAgain = () => {
      const beneath = open.get(caller);
      waiting.delete(caller);
      if (beneath) waiting.set(caller, beneath);
    };
    let over = response.writableEnded;
    if (hasBody(message) || response.writableEnded) waitAgain();
    else waiting.delete(caller);
    message.once('end', () => over || waiting.delete(caller));
    const done = () => {
      over = true;
      waitAgain();
    };
    // Once written, and after it was broken off; of the second, what waits already keeps its place.
    response.once('prefinish', done);
    response.once('close', () => over || done());
  });
  return () => {
    for (const socket of open.values()) socket.destroy();
  };
}

/** RFC 9112 6.3 */
function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}

/** Under TLS a request comes by another socket than the connection it came with: both name the same other end. */
function callerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
