/** What of a message goes over the wire, as core's `http request` does it. */
import { stringify } from 'node:querystring';
import { ANSWER_MARK } from './answer-mark.ts';
import { FlowError } from './flow-error.ts';
import type { Message } from './host.ts';

export interface Outgoing {
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** Ours, or the transport's: one of the flow's beside them would be a second one, or a lie about the body. */
const NOT_THE_FLOWS = new Set([
  'authorization',
  'dpop',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

/** The headers that the flow's author set on the message, in lower case; those left from an earlier call are not meant. */
export function flowHeaders(msg: Message): Record<string, string> {
  const { headers } = msg;
  if (typeof headers !== 'object' || headers === null || ANSWER_MARK in headers) return {};
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (NOT_THE_FLOWS.has(key) || value === undefined || value === null) continue;
    kept[key] = written('call_invalid_headers', () => (Array.isArray(value) ? value.join(', ') : String(value)));
  }
  return kept;
}

/** Runs what a value of the flow may break: a cycle, a getter or a `toString` that throws. */
function written(code: string, write: () => string): string {
  try {
    return write();
  } catch {
    throw new FlowError(code);
  }
}

/**
 * `msg.payload` as a body; GET and HEAD have none.
 * @throws FlowError `bad_payload`, `call_invalid_headers` for what cannot be written
 */
export function outgoing(msg: Message, method: string): Outgoing {
  const headers = flowHeaders(msg);
  const { payload } = msg;
  if (method === 'GET' || method === 'HEAD' || payload === undefined) return { headers };
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return { headers, body: payload };
  if (typeof payload === 'number') return { headers, body: String(payload) };
  if (headers['content-type'] === 'application/x-www-form-urlencoded')
    return { headers, body: written('bad_payload', () => stringify(payload as Record<string, string>)) };
  const body = written('bad_payload', () => JSON.stringify(payload));
  return { headers: { 'content-type': 'application/json', ...headers }, body };
}

/** The answer's body in the chosen form; `undefined` where it should be JSON and is not. */
export function readBody(body: Buffer, statusCode: number, ret: 'txt' | 'bin' | 'obj'): unknown {
  if (ret === 'bin') return body;
  const text = body.toString('utf8');
  if (ret === 'txt') return text;
  try {
    return JSON.parse(statusCode === 204 ? '{}' : text);
  } catch {
    return undefined;
  }
}
