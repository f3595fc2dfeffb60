/** Reading what a stranger sends: bounded, strictly UTF-8, one content type, no parameter twice. */
import type { IncomingMessage } from 'node:http';
import { malformed, Refusal } from './answer.ts';

const usualBytes = 64 * 1024;

/** The whole body. Refuses with 413 beyond 64 kB, or what is given, and 415 when it is compressed. */
export async function readBody(message: IncomingMessage, mostBytes: number = usualBytes): Promise<Buffer> {
  if (message.headers['content-encoding'] !== undefined) {
    throw new Refusal(415, 'invalid_request', 'a compressed body is not accepted');
  }
  if (Number(message.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw tooLarge(mostBytes);
      chunks.push(chunk as Buffer);
    }
  } catch (fault) {
    throw fault instanceof Refusal ? fault : malformed('the body broke off');
  }
  return Buffer.concat(chunks, bytes);
}

function tooLarge(mostBytes: number): Refusal {
  const description = `the body is larger than ${mostBytes / 1024} kB`;
  return new Refusal(413, 'invalid_request', description, { connection: 'close' });
}

/** `application/x-www-form-urlencoded`; RFC 6749 3.2: a parameter must not be sent twice. */
export function parseForm(message: IncomingMessage, body: Buffer): Record<string, string> {
  requireContentType(message, 'application/x-www-form-urlencoded');
  return uniqueParameters(new URLSearchParams(text(body)));
}

/** Every parameter once, or 400. */
export function uniqueParameters(parameters: URLSearchParams): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (found.has(name)) throw malformed('a parameter was sent twice');
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

/** `application/json`, any value. */
export function parseJson(message: IncomingMessage, body: Buffer): unknown {
  requireContentType(message, 'application/json');
  const content = text(body);
  try {
    return JSON.parse(content);
  } catch {
    throw malformed('the body is not JSON');
  }
}

function requireContentType(message: IncomingMessage, wanted: string): void {
  const [type = '', ...parameters] = (message.headers['content-type'] ?? '').toLowerCase().split(';');
  const charsets = parameters.map((one) => one.trim()).filter((one) => one.startsWith('charset='));
  const readable = charsets.every((one) => /^charset="?utf-?8"?$/.test(one));
  if (type.trim() !== wanted || !readable) throw malformed(`the body must be ${wanted} in UTF-8`);
}

function text(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed('the body is not UTF-8');
  }
}

/** The body as a JSON object, as every endpoint of ours but the permission endpoint wants it. */
export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('a JSON object is expected');
  return value as Record<string, unknown>;
}
