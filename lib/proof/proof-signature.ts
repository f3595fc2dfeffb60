import { type KeyObject, verify } from 'node:crypto';
import { type DpopRefusal, refuse } from './dpop-refusal.ts';
import type { KeyCache, KnownKey } from './key-cache.ts';
import type { UnverifiedProof } from './proof-form.ts';
import { importPublicKey, thumbprint } from './public-key.ts';

/** Whose proof it is: checks 6 and 12b of RFC 9449 4.3. */

/** ECDSA in the form of JWS (RFC 7518 3.4) and Ed25519 (RFC 8032 5.1.6) both take 64 bytes. */
const SIGNATURE_BYTES = 64;

/** What carries the key that it says it was signed with. */
type SignedByItsKey = Pick<UnverifiedProof, 'jws' | 'algorithm' | 'jwk'>;

/**
 * Check 6: the signature verifies with the embedded key.
 * A key is cached only after it verified something, so unverified proofs cannot push good keys out.
 *
 * @returns the thumbprint of the key that signed
 */
export function signatureVerifies(proof: UnverifiedProof, keys: KeyCache): { thumbprint: string } | DpopRefusal {
  const { known } = proof;
  if (known) return isSignedBy(known.key, proof) ? known : refuse('proof_invalid', 'signature');
  const signer = signerOf(proof);
  if (!('ok' in signer)) keys.keep(proof.jws.headerText, signer);
  return signer;
}

/** Who signed what carries its own key, by that key alone: whether it is a proof at all is the caller's to know. */
export function signerOf(signed: SignedByItsKey): KnownKey | DpopRefusal {
  const { jws, jwk } = signed;
  const key = importPublicKey(jwk);
  if (!key) return refuse('proof_invalid', 'jwk');
  if (!isSignedBy(key, signed)) return refuse('proof_invalid', 'signature');
  return { header: jws.header, jwk, thumbprint: thumbprint(jwk), key };
}

/** Check 12b: the key of the proof is one that the token may be used with. Undefined: the caller judges later. */
export function keyIsExpected(signedBy: string, expected: readonly string[] | undefined): DpopRefusal | undefined {
  return expected === undefined || expected.includes(signedBy) ? undefined : refuse('wrong_key', 'key');
}

/** Synchronous on purpose: shorter than a trip to the thread pool, and no message can get between. */
function isSignedBy(key: KeyObject, { jws, algorithm }: SignedByItsKey): boolean {
  if (jws.signature.length !== SIGNATURE_BYTES) return false;
  return algorithm === 'ES256'
    ? verify('sha256', jws.signingInput, { key, dsaEncoding: 'ieee-p1363' }, jws.signature)
    : verify(null, jws.signingInput, key, jws.signature);
}
