/** What of a message goes over the wire, as core's `http request` does it. */
import { stringify } from 'node:querystring';
import { ANSWER_MARK } from './answer-mark.ts';
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
    kept[key] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return kept;
}

/** `msg.payload` as a body; GET and HEAD have none. */
export function outgoing(msg: Message, method: string): Outgoing {
  const headers = flowHeaders(msg);
  const { payload } = msg;
  if (method === 'GET' || method === 'HEAD' || payload === undefined) return { headers };
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return { headers, body: payload };
  if (typeof payload === 'number') return { headers, body: String(payload) };
  if (headers['content-type'] === 'application/x-www-form-urlencoded')
    return { headers, body: stringify(payload as Record<string, string>) };
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(payload) };
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
