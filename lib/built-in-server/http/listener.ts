/** The sockets: where the server listens, what it bounds before a handler runs, and how it stops. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { ServerStartError } from '../errors.ts';
import type { CertificatePem } from '../tls/certificate.ts';
import type { HeldCertificate } from '../tls/held-certificate.ts';
import { makeRoomFor } from './crowd.ts';
import { answerPlainly } from './plain-words.ts';
import { createUnderWay } from './under-way.ts';

export interface Listener {
  readonly port: number;
  /** Refuses new connections, ends idle ones, and the rest after a moment. */
  close(): Promise<void>;
}

/** How connections are encrypted. */
export interface ListenerTls {
  certificate: HeldCertificate;
  /** Whoever asks for another name is not answered: nothing here is theirs. */
  names: string[];
  /** What whoever comes without TLS should have opened. */
  address: string;
}

export interface ListenWish {
  /** Every address of this computer where there is none. */
  host?: string;
  /** 0: a free one. */
  port: number;
  tls?: ListenerTls;
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
/** Who begins a handshake and does not end it goes as soon as who sends no request. */
const handshakeTimeout = limits.headersTimeout;

/**
 * Listens on `host`, and for `127.0.0.1` on `::1` too where this computer has it.
 * @throws ServerStartError `port_in_use`, `cannot_listen`
 */
export async function listen(wish: ListenWish, handle: Handle): Promise<Listener> {
  const { host, port } = wish;
  const first = await bind(wish, handle);
  const bound = (first.server.address() as AddressInfo).port;
  const servers = [first];
  if (host === '127.0.0.1') {
    const second = await bind({ ...wish, host: '::1', port: bound }, handle).catch((fault: unknown) => {
      if (port !== 0 && isCode(fault, 'port_in_use')) return closeBound(first).then(() => Promise.reject(fault));
      return undefined;
    });
    if (second) servers.push(second);
  }
  return {
    port: bound,
    close: async () => {
      await Promise.all(servers.map(closeBound));
    },
  };
}

interface Bound {
  server: Server;
  /** Cuts every connection off. */
  cutOff(): void;
}

function bind({ host, port, tls }: ListenWish, handle: Handle): Promise<Bound> {
  const takeUp = createUnderWay();
  const answer: Handle = (message, response) => takeUp(message, response) && handle(message, response);
  const server = tls ? encrypted(tls, answer) : createServer(limits, answer);
  server.maxConnections = maxConnections;
  const cutOff = makeRoomFor(server, roomyConnections);
  server.maxHeadersCount = maxHeadersCount;
  server.on('upgrade', (_message, socket: Duplex) => misdirect(socket));
  server.on('connect', (_message, socket: Duplex) => misdirect(socket));
  return new Promise((resolve, reject) => {
    server.once('error', (fault) => reject(listenError(fault, host ?? 'every address', port)));
    server.listen({ ...(host !== undefined && { host }), port, ipv6Only: host === '::1' }, () =>
      resolve({ server, cutOff }),
    );
  });
}

/** RFC 9325 3.1.1: nothing below TLS 1.2. A renewed certificate is for whoever comes next. */
function encrypted({ certificate, names, address }: ListenerTls, handle: Handle): Server {
  const own = new Set(names);
  const SNICallback = (name: string, answer: (fault: Error | null, context?: SecureContext) => void): void =>
    own.has(name.toLowerCase()) ? answer(null) : answer(new Error('unrecognized name'));
  const options = (pem: CertificatePem) => {
    const { cert, key, passphrase } = pem;
    return { cert, key, ...(passphrase !== undefined && { passphrase }), minVersion: 'TLSv1.2' as const };
  };
  const server = createTlsServer(
    { ...limits, ...options(certificate.current()), handshakeTimeout, SNICallback },
    handle,
  );
  certificate.onRenewed((renewed) => server.setSecureContext(options(renewed)));
  answerPlainly(server, address, handshakeTimeout);
  return server;
}

function misdirect(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const close = () => socket.destroy();
  // Node minds this socket no more: whoever leaves their own side open would keep it for as long as they like.
  socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', close);
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

function closeBound({ server, cutOff }: Bound): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(cutOff, lingerMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
