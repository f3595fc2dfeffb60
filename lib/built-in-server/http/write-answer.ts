import type { ServerResponse } from 'node:http';
import { PROOF_ALGORITHMS } from '../../proof/index.ts';
import { type Answer, empty, Refusal, refusalAnswer } from './answer.ts';
import { faultWords } from './fault-words.ts';

/** On every answer: nothing is cached, framed, sniffed, referred or loaded from elsewhere, and no other origin may read. */
const commonHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  // RFC 6749 5.1 names both.
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * RFC 9110 15.5.2: a 401 names a way in. Browsers pass over a scheme they do not know. Not where the provider refuses a
 * client's assertion: there is no scheme for that, and client libraries would show the challenge in the error's place.
 */
const wayIn = `DPoP realm="uma", algs="${PROOF_ALGORITHMS.join(' ')}"`;

/** Writes what a handler answered. A handler's own headers win over the common ones. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value);
  if (answer.kind === 'takeOver') return answer.takeOver(response);
  response.statusCode = answer.status;
  if (answer.status === 401) response.setHeader('www-authenticate', wayIn);
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('content-length', Buffer.byteLength(answer.content));
  response.end(answer.content);
}

/**
 * The answer to whatever a handler threw. Only a `Refusal` says why; anything else is ours to repair: 500, and the
 * log learns its kind, never its content; of the store, also what can be done.
 */
export function faultAnswer(fault: unknown, log: (line: string) => void): Answer {
  if (fault instanceof Refusal) return refusalAnswer(fault);
  log(`The built-in server could not answer a request: ${faultWords(fault)}`);
  return refusalAnswer(new Refusal(500, 'server_error', 'the server could not do this; its log says why'));
}

/** Misdirected (RFC 9110 15.5.20), and nothing more to tell. */
export const misdirected: Answer = empty(421, { connection: 'close' });
