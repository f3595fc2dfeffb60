import type { IncomingMessage } from 'node:http';
import { parseCompactJws } from '../../proof/compact-jws.ts';
import {
  checkDpop,
  createProofState,
  type DpopRefusal,
  type DpopVerdict,
  type KeyContinuity,
  PROOF_ALGORITHMS,
  readKeyContinuity,
} from '../../proof/index.ts';
import { madeRecently } from '../../proof/proof-freshness.ts';
import { proofUse } from '../../proof/replay-window.ts';
import { Refusal } from '../http/answer.ts';
import { createReplayWindows } from './replay-windows.ts';

/** Every proof of possession this server looks at goes through here: one check, one memory, one series of nonces. */
export interface Proofs {
  /** RFC 9449 4.3. Nothing is used up before the verdict's `commit`. */
  check(asked: ProvedRequest, expected: ExpectedProof): DpopVerdict;
  nonce(): string;
  nonceValid(nonce: string): boolean;
  /** RFC 7523 3: a client assertion is good once. Synchronous; `false` when it was used, or there is no room to remember. */
  takeAssertion(clientId: string, jti: string, expiresAt: number): boolean;
  /**
   * Reads a statement of a new key (`makeKeyContinuity`) that came with a verified proof for it. A nonce in that proof says
   * that both are of now, since the proof is for this statement alone; without one the statement's own time is judged.
   * Undefined for what is no such statement.
   */
  continuity(message: IncomingMessage, text: string): StatedKey | DpopRefusal | undefined;
}

/** What a proof has to be for. */
export interface ProvedRequest {
  method: string;
  /** In full, as the server itself is named and not as the caller named it; the `htu`. */
  url: string;
  message: IncomingMessage;
}

export interface ExpectedProof {
  thumbprints: readonly string[];
  accessToken?: string;
  /** Whose proof it has to be; nobody's while a client registers. */
  clientId?: string;
}

export interface ProofsOptions {
  nowMs(): number;
  /** Whether a client belongs to an owner. */
  isKnown(clientId: string): boolean;
  requireNonce?: boolean;
}

/** `commit` uses the statement up, as that of a proof does. */
export type StatedKey = KeyContinuity & { ok: true; commit(): boolean };

const leewaySeconds = 5;
const maxAgeSeconds = 60;
/** Longer than any nonce or time with which a statement of a new key could be sent again. */
const statementKeptMs = 600_000;

export function createProofs(options: ProofsOptions): Proofs {
  const { nowMs, isKnown } = options;
  const state = createProofState({ nowMs: nowMs(), mostLeewaySeconds: leewaySeconds });
  const used = createReplayWindows();
  const assertions = createReplayWindows();
  return {
    check: ({ method, url, message }, { thumbprints, accessToken, clientId }) =>
      checkDpop(proofHeaders(message), {
        ...state,
        replay: used.of(clientId !== undefined && isKnown(clientId)),
        method,
        target: url,
        accessToken,
        addresses: [new URL(url).origin],
        algorithms: PROOF_ALGORITHMS,
        expectedThumbprints: thumbprints,
        nowMs: nowMs(),
        leewaySeconds,
        maxAgeSeconds,
        requireNonce: options.requireNonce,
      }),
    nonce: () => state.nonces.issue(nowMs()),
    nonceValid: (nonce) => state.nonces.valid(nonce, nowMs()),
    takeAssertion(clientId, jti, expiresAt) {
      const use = proofUse(`assertion of ${clientId}`, jti, expiresAt * 1000);
      return assertions.of(isKnown(clientId)).take(use, nowMs()) === 'taken';
    },
    continuity(message, text) {
      const stated = readKeyContinuity(text);
      if (stated === undefined) return undefined;
      const rules = { ...state, nowMs: nowMs(), leewaySeconds, maxAgeSeconds };
      const late = carriesNonce(message) ? undefined : madeRecently({ iat: stated.iat }, rules);
      const use = proofUse(`statement by ${stated.thumbprint}`, stated.jti, nowMs() + statementKeptMs);
      const { replay } = state;
      return late ?? { ...stated, ok: true, commit: () => replay.take(use, nowMs()) === 'taken' };
    },
  };
}

function carriesNonce(message: IncomingMessage): boolean {
  return parseCompactJws(proofHeaders(message)[0] ?? '')?.claims.nonce !== undefined;
}

function proofHeaders({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'dpop');
}

/** How a proof that failed at one of our own endpoints is answered (RFC 9449 7.1, 9): 400, 401 or 429. */
export function proofRefusal(refusal: DpopRefusal, nonce: string): Refusal {
  const code = proofErrorCode(refusal);
  const challenge = {
    'www-authenticate': `DPoP error="${code}", algs="${PROOF_ALGORITHMS.join(' ')}"`,
    'dpop-nonce': nonce,
  };
  const sentence = proofSentence(refusal);
  if (refusal.reason === 'malformed_request') return new Refusal(400, 'invalid_request', sentence);
  if (refusal.reason === 'too_many_requests')
    return new Refusal(429, 'too_many_requests', sentence, { 'retry-after': '5' });
  return new Refusal(401, code, sentence, challenge);
}

export function proofErrorCode(refusal: DpopRefusal): 'use_dpop_nonce' | 'invalid_dpop_proof' {
  return refusal.reason === 'use_dpop_nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
}

/** For the developer of a client: which of the checks failed, in the check's own word. */
export function proofSentence(refusal: DpopRefusal): string {
  return `the DPoP proof was refused: ${refusal.detail.replaceAll('_', ' ')}`;
}
