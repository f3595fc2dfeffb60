/** Proofs of possession: DPoP (RFC 9449) made and checked, keys, and whose key a token may be used with. */
export * from './device-key.ts';
export * from './dpop-check.ts';
export { accessTokenHash, type DpopProofWish, makeDpopProof, ProofUrlError } from './dpop-proof.ts';
export type { DpopRefusal, DpopRefusalDetail, DpopRefusalReason } from './dpop-refusal.ts';
export * from './jwt-verify.ts';
export * from './key-binding.ts';
export { createKeyCache, type KeyCache } from './key-cache.ts';
export { type KeyContinuity, makeKeyContinuity, readKeyContinuity } from './key-continuity.ts';
export { createNonces, type Nonces } from './nonce.ts';
export { PROOF_ALGORITHMS, type ProofAlgorithm } from './proof-form.ts';
export * from './public-key.ts';
export { createReplayWindow, type ReplayWindow, type ReplayWindowLimits } from './replay-window.ts';
