/** A server of somebody else: writes down what it hears, and refuses everything, with a challenge if it has one. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeResourceServer {
  url: string;
  /** How often anybody connected. */
  connections: number;
  /** The headers of every request. */
  heard: IncomingHttpHeaders[];
  close(): Promise<void>;
}

export async function fakeResourceServer(challenge?: string): Promise<FakeResourceServer> {
  const server = createServer((request, response) => {
    fake.heard.push(request.headers);
    response.writeHead(401, challenge ? { 'WWW-Authenticate': challenge } : {}).end();
  });
  server.on('connection', () => {
    fake.connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const fake: FakeResourceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 0,
    heard: [],
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  return fake;
}
