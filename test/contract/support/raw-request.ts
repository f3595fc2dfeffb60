/** A caller that sends exactly these bytes, broken off where it is told to, and waits five seconds for an answer. */
import { connect } from 'node:net';

export interface RawRequest {
  method: string;
  /** As it stands in the request line. */
  target: string;
  headers: readonly (readonly [string, string])[];
  body?: Buffer;
  /** Ends its side of the connection after the last byte: whatever was announced and not sent will not come. */
  breaksOff?: boolean;
}

export interface RawAnswer {
  status: number;
  /** Lower-case names; of doubles the last. */
  headers: Map<string, string>;
  text: string;
}

const withinMs = 5_000;

/** @returns `closed` where the server ended the connection without a word */
export function sendRaw(port: number, request: RawRequest): Promise<RawAnswer | 'closed'> {
  const { method, target, headers, body, breaksOff } = request;
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const end = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answerIn(received) ?? 'closed');
    };
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${withinMs} ms, but ${received.length} bytes`));
    }, withinMs);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (isWhole(received)) end();
    });
    // Whoever refuses a body closes the connection while it is still being sent.
    socket.on('error', end);
    socket.on('close', end);
    socket.write(Buffer.from(lines.join('\r\n'), 'latin1'));
    if (body) socket.write(body);
    if (breaksOff) socket.end();
  });
}

function answerIn(received: Buffer): RawAnswer | undefined {
  const split = received.indexOf('\r\n\r\n');
  if (split < 0) return undefined;
  const [first = '', ...lines] = received.toString('latin1', 0, split).split('\r\n');
  const headers = lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]);
  return {
    status: Number(first.split(' ')[1]),
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
    text: received.toString('utf8', split + 4),
  };
}

/** All that was announced is there; an answer that announces nothing ends with the connection, a stream with its head. */
function isWhole(received: Buffer): boolean {
  const answer = answerIn(received);
  if (answer === undefined) return false;
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return true;
  if (answer.status === 204 || answer.status === 304) return true;
  const length = answer.headers.get('content-length');
  return length !== undefined && received.length >= received.indexOf('\r\n\r\n') + 4 + Number(length);
}
