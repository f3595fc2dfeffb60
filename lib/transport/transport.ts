import type { ConnectionOptions } from 'node:tls';
import { Agent, Response as UndiciResponse, fetch as undiciFetch } from 'undici';
import { boundedBody } from './bounded-body.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type EventStreamReading, readEventStream } from './event-stream.ts';
import { connectorBy, type OwnWay } from './own-way.ts';
import { TransportError, translated } from './transport-error.ts';

/** How this process talks HTTP: one set of connections and limits for all who are given it. */
export interface TransportSettings {
  /** Connections to one origin at a time; further requests wait. Event streams don't count. */
  connections: number;
  timeouts: {
    connectMs: number;
    /** From the request to the first byte of the answer's head. */
    headersMs: number;
    /** Between two pieces of the body. */
    bodyMs: number;
    /** For everything, from the call to the last byte. */
    totalMs: number;
  };
  /** Counted after decompression. */
  maxResponseBytes: number;
  tls?: TransportTls;
  ownWay?: OwnWay;
}

/** Whom to trust over TLS, and how to show who we are. */
export type TransportTls = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'
>;

/** The platform's `RequestInit`, where a member may also be there and undefined. */
export type FetchInit = { [Member in keyof RequestInit]: RequestInit[Member] | undefined };

export interface Transport {
  /**
   * Like the platform's `fetch`, with limits, and following no redirect unless `redirect` asks for it, so that no token
   * goes where nobody meant it to. Fits `customFetch` of `oauth4webapi`.
   *
   * Rejects with the caller's own reason where its `signal` was aborted; else with TransportError: `unreachable`,
   * `unsendable_request`. Reading the body may reject with `unreachable` or `response_too_large`.
   */
  fetch(url: string | URL, init?: FetchInit): Promise<Response>;
  /** Listens to a `text/event-stream`; see `EventStreamReading`. Resolves when the stream has ended. */
  eventStream(url: string | URL, headers: Record<string, string>, reading: EventStreamReading): Promise<void>;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

/** Sets undici up once. Whoever made it closes it. */
export function createTransport(settings: TransportSettings): Transport {
  const requests = createAgent(settings);
  // Of their own, so that streams, which last for days, never use up the connections that requests need.
  const streams = createAgent(settings);
  return {
    fetch: (url, init = {}) => limitedFetch(url, init, requests, settings),
    eventStream: (url, headers, reading) => readEventStream(url, headers, { ...reading, dispatcher: streams }),
    close: async () => {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
}

function createAgent({ connections, timeouts, tls, ownWay }: TransportSettings): Agent {
  const connect = { ...tls, timeout: timeouts.connectMs };
  return new Agent({
    connections,
    connect: ownWay ? connectorBy(connect, ownWay) : connect,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
  });
}

async function limitedFetch(
  url: string | URL,
  init: FetchInit,
  dispatcher: Agent,
  { timeouts, maxResponseBytes }: TransportSettings,
): Promise<Response> {
  const deadline = startDeadline(timeouts.totalMs, init.signal);
  try {
    const options = { redirect: 'manual', ...init, signal: deadline.signal, dispatcher };
    const response = await undiciFetch(url, options as Parameters<typeof undiciFetch>[1]);
    return limitedResponse(response, { url, deadline, maxBytes: maxResponseBytes, signal: init.signal });
  } catch (error) {
    deadline.end();
    throw translated(error, url, init.signal);
  }
}

interface ResponseLimits {
  url: string | URL;
  deadline: Deadline;
  maxBytes: number;
  signal: AbortSignal | null | undefined;
}

/** undici's response around a bounded body. Its type differs from the platform's in name only. */
function limitedResponse(response: UndiciResponse, { url, deadline, maxBytes, signal }: ResponseLimits): Response {
  if (!response.body) {
    deadline.end();
    return response as unknown as Response;
  }
  const body = boundedBody(response.body as ReadableStream<Uint8Array>, {
    maxBytes,
    tooLarge: () => new TransportError('response_too_large', url),
    translate: (error) => translated(error, url, signal),
    ended: deadline.end,
  });
  const { status, statusText, headers } = response;
  const limited = new UndiciResponse(body, { status, statusText, headers });
  Object.defineProperty(limited, 'url', { value: response.url });
  return limited as unknown as Response;
}
