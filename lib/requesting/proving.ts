import { makeDpopProof } from '../proof/dpop-proof.ts';
import type { CallTarget } from './call-target.ts';
import { CallError, type CallOptions } from './call-wish.ts';
import type { HeldRpt } from './held-rpt.ts';

/** A token and the proof for one request, as header values. */
export interface Proved {
  authorization: string;
  dpop: string;
}

/**
 * Makes a fresh proof for one request (RFC 9449 4.2, 7.1). Unbound tokens travel as `DPoP` too: shown as `Bearer` they
 * would be anybody's.
 */
export function prove(
  { rpt, client }: HeldRpt,
  { method, url }: CallTarget,
  nonce: string | undefined,
  nowMs: number,
): Proved {
  const dpop = makeDpopProof({ key: client, method, url, accessToken: rpt, nowMs, ...(nonce ? { nonce } : {}) });
  return { authorization: `DPoP ${rpt}`, dpop };
}

/** What a flow cannot set: it belongs to the token, or to the connection (RFC 9110 7.6.1). */
const OURS: ReadonlySet<string> = new Set([
  'authorization',
  'dpop',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-node-red-request-node',
]);

/** @throws CallError `invalid_headers`, which does not quote them */
export function requestHeaders(flow: CallOptions['headers'], proved: Proved | undefined): Record<string, string> {
  const kept = Object.entries(flow).filter(([name]) => !OURS.has(name.toLowerCase()));
  try {
    return Object.fromEntries(new Headers([...kept, ...Object.entries(proved ?? {})]));
  } catch {
    throw new CallError('invalid_headers', 'One of the headers cannot be sent');
  }
}
