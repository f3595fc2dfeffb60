/** The sockets: where the server listens, what it bounds before a handler runs, and how it stops. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServerStartError } from '../errors.ts';
import { makeRoomFor } from './crowd.ts';

export interface Listener {
  readonly port: number;
  /** Refuses new connections, ends idle ones, and the rest after a moment. */
  close(): Promise<void>;
}

type Handle = (message: IncomingMessage, response: ServerResponse) => void;

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
};
const maxConnections = 1_000;
/** From here on, whoever says nothing makes room for whoever comes. */
const roomyConnections = 800;
/** What comes beyond these is dropped; a request with half as many is refused already. */
const maxHeadersCount = 128;
const lingerMs = 500;

/**
 * Listens on `host`, and for `127.0.0.1` on `::1` too where this computer has it. Port 0 takes a free one.
 * @throws ServerStartError `port_in_use`, `cannot_listen`
 */
export async function listen(host: string, port: number, handle: Handle): Promise<Listener> {
  const first = await bind(host, port, handle);
  const bound = (first.address() as AddressInfo).port;
  const servers = [first];
  if (host === '127.0.0.1') {
    const second = await bind('::1', bound, handle).catch((fault: unknown) => {
      if (port !== 0 && isCode(fault, 'port_in_use')) return closeServer(first).then(() => Promise.reject(fault));
      return undefined;
    });
    if (second) servers.push(second);
  }
  return {
    port: bound,
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function bind(host: string, port: number, handle: Handle): Promise<Server> {
  const server = createServer(limits, handle);
  server.maxConnections = maxConnections;
  makeRoomFor(server, roomyConnections);
  server.maxHeadersCount = maxHeadersCount;
  server.on('upgrade', (_message, socket: Duplex) => misdirect(socket));
  server.on('connect', (_message, socket: Duplex) => misdirect(socket));
  return new Promise((resolve, reject) => {
    server.once('error', (fault) => reject(listenError(fault, host, port)));
    server.listen({ host, port, ipv6Only: host === '::1' }, () => resolve(server));
  });
}

function misdirect(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function listenError(fault: Error, host: string, port: number): ServerStartError {
  if (isCode(fault, 'EADDRINUSE')) {
    const message = `Port ${port} is already in use; stop what uses it or choose another port.`;
    return new ServerStartError('port_in_use', message, { port });
  }
  const code = 'code' in fault ? String(fault.code) : 'unknown';
  return new ServerStartError('cannot_listen', `Cannot listen on ${host}, port ${port} (${code}).`, { host, port });
}

function isCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), lingerMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
