import type { JsonValue } from 'oauth4webapi';
import { InvalidResponseError } from './errors.ts';

/** More than any answer of an authorization server needs; a longer one is not read to its end. */
const MAX_BODY_BYTES = 1024 * 1024;

export type JsonObject = { readonly [member: string]: JsonValue | undefined };

/** Narrows parsed JSON to an object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Narrows parsed JSON to an array of strings. */
export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Narrows parsed JSON to a string with something in it. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Narrows to what a token or ticket may look like: visible ASCII (RFC 6749 A), so it can stand in a header. */
export function isCredential(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);
}

/**
 * Reads a body that says it is JSON; anything else is dropped unread and gives `undefined`, as does broken JSON: its
 * parser quotes the text in its message, so that error goes no further.
 *
 * @throws {@link InvalidResponseError} for a body longer than 1 MiB
 */
export async function readJsonBody(response: Response): Promise<JsonValue | undefined> {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    return undefined;
  }
  const bytes = await readBounded(response);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) {
      throw new InvalidResponseError('the answer is too long', { response: { status: response.status } });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
