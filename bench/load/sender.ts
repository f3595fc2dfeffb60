import { Pool } from 'undici';

/** One request, made beforehand in every part. */
export interface Sending {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Received {
  status: number;
  nonce: string | undefined;
  challenge: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON came
  body: any;
}

/** Sends over connections that are kept. */
export interface Sender {
  origin: string;
  send(sending: Sending): Promise<Received>;
  /** Sends, and throws unless it is answered with this status. */
  expect(status: number, sending: Sending): Promise<Received>;
  close(): Promise<void>;
}

export function openSender(origin: string, connections = 8): Sender {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  async function send(sending: Sending): Promise<Received> {
    const { statusCode, headers, body } = await pool.request(sending as Parameters<typeof pool.request>[0]);
    const text = await body.text();
    return {
      status: statusCode,
      nonce: one(headers['dpop-nonce']),
      challenge: one(headers['www-authenticate']) ?? '',
      body: text.startsWith('{') ? JSON.parse(text) : text,
    };
  }
  return {
    origin,
    send,
    async expect(status, sending) {
      const received = await send(sending);
      if (received.status === status) return received;
      throw new Error(
        `${sending.method} ${sending.path} was answered with ${received.status}: ${JSON.stringify(received.body)}`,
      );
    },
    close: () => pool.close(),
  };
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

export function posting(path: string, body: object, headers: Record<string, string> = {}): Sending {
  return {
    ...{ path, method: 'POST', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', ...headers },
  };
}
