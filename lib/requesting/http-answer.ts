import { CallError, type HttpAnswer } from './call-wish.ts';

/** 10 MB: more is no answer of a device, and would fill the memory. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** What a resource may say to us and not to the flow: it belongs to token and proof, or to the connection. */
const WITHHELD: ReadonlySet<string> = new Set([
  'authorization',
  'dpop',
  'dpop-nonce',
  'www-authenticate',
  'connection',
  'keep-alive',
  'transfer-encoding',
]);

/**
 * Reads an answer to its end.
 *
 * @param limit - bytes of the body, counted after decompression
 * @throws CallError `response_too_large`; whatever breaks the body
 */
export async function readAnswer(
  response: Response,
  { device, url }: { device: string; url: string },
  limit = BODY_LIMIT,
): Promise<HttpAnswer> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !WITHHELD.has(name)));
  const body = await readBody(response, limit);
  return { outcome: 'answered', statusCode: response.status, headers, body, responseUrl: url, device };
}

async function readBody(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > limit) throw new CallError('response_too_large', 'The answer is too long', { bytes: limit });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
