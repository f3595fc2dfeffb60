/** A fake: stands where the authorization server was, and answers everything with garbage of one kind. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

const head = (length: number, type = 'application/json') =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

/** What each kind does with a connection once something was asked on it. */
export const garbage = {
  'closes at once': (socket: Socket) => socket.destroy(),
  'no HTTP at all': (socket: Socket) => socket.end(Buffer.alloc(2_000, 0xfe)),
  'a page': (socket: Socket) => socket.end(`${head(15, 'text/html')}<p>Welcome.</p>`),
  'JSON of another kind': (socket: Socket) => socket.end(`${head(4)}[{}]`),
  'half an answer': (socket: Socket) => socket.end(`${head(500)}{"keys":[`),
  'a head and never a body': (socket: Socket) => socket.write(head(500)),
  'an endless body': (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"a":"');
    const more = Buffer.alloc(64 * 1024, 0x61);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(more));
    };
    socket.on('drain', pour);
    pour();
  },
  'a redirect to elsewhere': (socket: Socket) =>
    socket.end('HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n'),
  'an error with no body': (socket: Socket) =>
    socket.end('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'),
} satisfies Record<string, (socket: Socket) => unknown>;

export type Garbage = keyof typeof garbage;

export async function fakeGarbageServer(
  issuer: string,
  kind: Garbage,
): Promise<{ asked(): number; close(): Promise<void> }> {
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      asked += 1;
      socket.resume();
      garbage[kind](socket);
    });
  });
  await once(server.listen(Number(new URL(issuer).port), '127.0.0.1'), 'listening');
  return {
    asked: () => asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
