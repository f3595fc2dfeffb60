import { performance } from 'node:perf_hooks';
import { type DpopRefusal, refuse } from './dpop-refusal.ts';
import { createKeyCache, type KeyCache } from './key-cache.ts';
import { createNonces, type Nonces } from './nonce.ts';
import { methodFits, type ProvedRequest, tokenFits, urlFits } from './proof-fit.ts';
import { readProof, type UnverifiedProof } from './proof-form.ts';
import { type Freshness, madeRecently, nonceIsOurs, rememberUntilMs } from './proof-freshness.ts';
import { keyIsExpected, signatureVerifies } from './proof-signature.ts';
import { createReplayWindow, proofUse, type ReplayWindow, type ReplayWindowLimits } from './replay-window.ts';

/** What checking proofs remembers: made once per process, and kept across deploys. */
export interface ProofState {
  nonces: Nonces;
  replay: ReplayWindow;
  keys: KeyCache;
  /** When both began, in milliseconds since 1970. */
  startedAtMs: number;
  /** The most leeway that any check of this process, or of the one before it, may grant. */
  mostLeewaySeconds: number;
}

/** Settings may allow less. More would let tokens live on noticeably after their share. */
export const MOST_LEEWAY_SECONDS = 60;

/**
 * One request, the rules for it, and what is remembered. Where speed counts, write it as one literal with every member
 * named: spreading objects together for every message costs a tenth of a verification.
 */
export interface DpopCheck extends ProvedRequest, Freshness, ProofState {
  /** Origins under which devices reach us, e.g. `http://127.0.0.1:1880`. */
  addresses: readonly string[];
  /** Allowed `alg` values, from configuration; see `PROOF_ALGORITHMS`. */
  algorithms: readonly string[];
  /** Thumbprints of the keys that the token may be used with, where the caller knows them already. */
  expectedThumbprints?: readonly string[] | undefined;
}

export type DpopVerdict = DpopAccepted | DpopRefusal;

export interface DpopAccepted {
  ok: true;
  /** RFC 7638, of the key that signed. */
  thumbprint: string;
  jti: string;
  /**
   * Uses the proof up. To be called in the caller's last synchronous step, with no `await` between it and what it
   * allows; of all who hold the same proof exactly one gets `true`.
   *
   * @returns false: it was used before, or there is no room left to remember it. Then nothing may pass.
   */
  commit(): boolean;
}

/** Begins to remember. Proofs from before `nowMs` will need a nonce. */
export function createProofState(
  limits: ReplayWindowLimits & { nowMs?: number; mostLeewaySeconds?: number } = {},
): ProofState {
  return {
    nonces: createNonces(),
    replay: createReplayWindow(limits),
    keys: createKeyCache(),
    startedAtMs: limits.nowMs ?? Date.now(),
    mostLeewaySeconds: limits.mostLeewaySeconds ?? MOST_LEEWAY_SECONDS,
  };
}

/**
 * Checks a DPoP proof by every numbered rule of RFC 9449 4.3, except that it is not used up before `commit`.
 * Never throws on what a stranger sent. Synchronous: about one signature verification.
 *
 * Order: what costs nothing first; what depends on the key only once the signature is found good, so that nobody is
 * called a wrong key, old or a replayer on an unproved word.
 *
 * @param headers - every `DPoP` header field as received, one by one (Node joins them in `headers`: count `rawHeaders`)
 */
export function checkDpop(headers: readonly string[], check: DpopCheck): DpopVerdict {
  const proof = readProof(headers, check.algorithms, check.keys);
  if ('ok' in proof) return proof;
  const misfit =
    methodFits(proof.claims, check) ?? urlFits(proof.claims, check, check.addresses) ?? tokenFits(proof.claims, check);
  if (misfit) return misfit;
  const signer = signatureVerifies(proof, check.keys);
  if ('ok' in signer) return signer;
  const refusal =
    keyIsExpected(signer.thumbprint, check.expectedThumbprints) ??
    nonceIsOurs(proof.claims, check) ??
    madeRecently(proof.claims, check);
  return refusal ? { ...refusal, thumbprint: signer.thumbprint } : usable(proof, signer.thumbprint, check);
}

/** RFC 9449 11.1, looked up early; what counts is {@link DpopAccepted.commit}. */
function usable({ claims }: UnverifiedProof, thumbprint: string, check: DpopCheck): DpopVerdict {
  const { replay, nowMs } = check;
  const use = proofUse(thumbprint, claims.jti, rememberUntilMs(claims, check));
  if (replay.has(use)) return { ...refuse('proof_replayed', 'replayed'), thumbprint };
  if (!replay.hasRoomFor(thumbprint, nowMs)) return { ...refuse('too_many_requests', 'window_full'), thumbprint };
  // Measured by a clock that nobody sets: a commit that comes too late must not meet a window that has forgotten.
  const checkedAt = performance.now();
  const commit = (): boolean => replay.take(use, nowMs + performance.now() - checkedAt) === 'taken';
  return { ok: true, thumbprint, jti: claims.jti, commit };
}
