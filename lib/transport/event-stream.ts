import { type Dispatcher, request } from 'undici';
import { createEventStreamParser, type StreamComment, type StreamEvent } from './event-stream-parser.ts';
import { TransportError, translated } from './transport-error.ts';

/** How a stream of events is listened to. */
export interface EventStreamReading {
  /** The next event is read when this one's promise has resolved. What it throws ends the stream and rejects. */
  onEvent(event: StreamEvent): void | Promise<void>;
  /** A comment: the server is alive. */
  onComment?(comment: StreamComment): void;
  /** The server accepted; events follow. The headers of its answer are in lower case. */
  onOpen?(headers: Readonly<Record<string, string>>): void;
  /** Ends the stream without an error. */
  signal: AbortSignal;
  /** Silence for longer than this counts as broken, in milliseconds. */
  idleMs: number;
  /** In characters; by default 64 Ki each. */
  maxLineLength?: number;
  maxEventLength?: number;
}

const DEFAULT_MAX_LENGTH = 65_536;

type Answer = Dispatcher.ResponseData;

/**
 * Listens to a `text/event-stream` until the server ends it or `signal` is aborted, and then resolves.
 * Connecting again, and from which event on, is the caller's decision.
 *
 * @throws TransportError `unreachable`; `stream_refused` with status and headers; `stream_malformed`
 */
export async function readEventStream(
  url: string | URL,
  headers: Record<string, string>,
  reading: EventStreamReading & { dispatcher: Dispatcher },
): Promise<void> {
  const { signal } = reading;
  try {
    const answer = await opened(url, headers, reading);
    reading.onOpen?.(singleHeaders(answer));
    await deliver(answer, url, reading);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function opened(
  url: string | URL,
  headers: Record<string, string>,
  { dispatcher, signal, idleMs }: EventStreamReading & { dispatcher: Dispatcher },
): Promise<Answer> {
  const answer = await request(url, {
    dispatcher,
    signal,
    bodyTimeout: idleMs,
    headers: { accept: 'text/event-stream', 'cache-control': 'no-store', ...headers },
  }).catch((error: unknown) => {
    throw translated(error, url, signal);
  });
  if (isEventStream(answer)) return answer;
  answer.body.on('error', () => undefined).destroy();
  throw new TransportError('stream_refused', url, { status: answer.statusCode, headers: singleHeaders(answer) });
}

async function deliver(answer: Answer, url: string | URL, reading: EventStreamReading): Promise<void> {
  const { signal, maxLineLength = DEFAULT_MAX_LENGTH, maxEventLength = DEFAULT_MAX_LENGTH } = reading;
  const tooLong = (): Error => new TransportError('stream_malformed', url);
  const parser = createEventStreamParser({ maxLineLength, maxEventLength }, tooLong);
  for await (const text of textOf(answer.body, url, signal)) {
    for (const item of parser.push(text)) {
      if (signal.aborted) return;
      if (item.kind === 'comment') reading.onComment?.(item);
      else await reading.onEvent(item);
    }
  }
}

/** The body as text; what breaks it is translated here, so that a listener's own errors are not. */
async function* textOf(
  body: AsyncIterable<Uint8Array>,
  url: string | URL,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  try {
    for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw translated(error, url, signal);
  }
}

function isEventStream({ statusCode, headers }: Answer): boolean {
  return statusCode === 200 && /^text\/event-stream\s*(?:;|$)/i.test(String(headers['content-type'] ?? ''));
}

function singleHeaders({ headers }: Answer): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));
}
