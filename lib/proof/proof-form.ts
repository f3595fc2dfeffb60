import { type CompactJws, parseCompactJws } from './compact-jws.ts';
import { type DpopRefusal, refuse } from './dpop-refusal.ts';
import type { KeyCache, KnownKey } from './key-cache.ts';
import { isPrivate, type PublicJwk, readPublicJwk } from './public-key.ts';

/**
 * The form of a proof: checks 1 to 5 and 7 of RFC 9449 4.3. Cheap, before any cryptography; they can only refuse.
 * What passes is well formed and still believed in nothing.
 */
export interface UnverifiedProof {
  jws: CompactJws;
  algorithm: ProofAlgorithm;
  jwk: PublicJwk;
  claims: ProofClaims;
  /** Where a proof with this header has verified before. */
  known?: KnownKey | undefined;
}

export interface ProofClaims {
  jti: string;
  htm: string;
  htu: string;
  iat: number;
  nonce?: string;
  ath?: string;
}

/** `alg` values: `Ed25519` (RFC 9864) is the newer name of what `EdDSA` means with such a key. */
export type ProofAlgorithm = 'ES256' | 'EdDSA' | 'Ed25519';

/** Every algorithm this package can check, for configuration and for the challenge's `algs`. */
export const PROOF_ALGORITHMS: readonly ProofAlgorithm[] = ['ES256', 'EdDSA', 'Ed25519'];

/** Runs the checks of this page in turn; those of a header that passed them before are not repeated. */
export function readProof(
  headers: readonly string[],
  algorithms: readonly string[],
  keys: KeyCache,
): UnverifiedProof | DpopRefusal {
  const proof = onlyOneHeader(headers);
  if (typeof proof !== 'string') return proof;
  const known = keys.get(proof.slice(0, Math.max(proof.indexOf('.'), 0)));
  const jws = wellFormed(proof, known?.header);
  if ('ok' in jws) return jws;
  const { header } = jws;
  const refusal = known ? undefined : (typIsDpop(header) ?? nothingCritical(header) ?? keyIsPublic(header));
  if (refusal) return refusal;
  const algorithm = algorithmIsOurs(header, algorithms);
  if (typeof algorithm !== 'string') return algorithm;
  const jwk = known?.jwk ?? keyFits(header, algorithm);
  if ('ok' in jwk) return jwk;
  const claims = requiredClaims(jws.claims);
  return 'ok' in claims ? claims : { jws, algorithm, jwk, claims, known };
}

/** Check 1: there is not more than one `DPoP` header field. Joined by a comma (RFC 9110 5.3) is two as well. */
export function onlyOneHeader(headers: readonly string[]): string | DpopRefusal {
  const [proof, ...more] = headers;
  if (proof === undefined || proof.trim() === '') return refuse('proof_missing', 'missing');
  return more.length > 0 || proof.includes(',') ? refuse('malformed_request', 'header_count') : proof.trim();
}

/** Check 2: the header is a single and well-formed JWT. */
export function wellFormed(proof: string, knownHeader?: CompactJws['header']): CompactJws | DpopRefusal {
  return parseCompactJws(proof, knownHeader) ?? refuse('proof_invalid', 'malformed');
}

/** Check 3: all required claims (4.2) are there, and are what they should be; the optional ones too, where given. */
export function requiredClaims(claims: CompactJws['claims']): ProofClaims | DpopRefusal {
  const { jti, htm, htu, iat, nonce, ath } = claims;
  if (!isText(jti)) return refuse('proof_invalid', 'claims', { claim: 'jti' });
  if (!isText(htm)) return refuse('proof_invalid', 'claims', { claim: 'htm' });
  if (!isText(htu)) return refuse('proof_invalid', 'claims', { claim: 'htu' });
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return refuse('proof_invalid', 'claims', { claim: 'iat' });
  if (!isOptionalText(nonce)) return refuse('proof_invalid', 'claims', { claim: 'nonce' });
  if (!isOptionalText(ath)) return refuse('proof_invalid', 'claims', { claim: 'ath' });
  return claims as CompactJws['claims'] & ProofClaims;
}

/** Check 4: `typ` is `dpop+jwt`, so that no other JWT of the same key passes for a proof. */
export function typIsDpop(header: CompactJws['header']): DpopRefusal | undefined {
  return header.typ === 'dpop+jwt' ? undefined : refuse('proof_invalid', 'typ');
}

/** RFC 7515 4.1.11, for check 2: a header that demands extensions we don't have must be refused. */
export function nothingCritical(header: CompactJws['header']): DpopRefusal | undefined {
  return header.crit === undefined ? undefined : refuse('proof_invalid', 'crit');
}

/**
 * Check 5: `alg` is asymmetric, not `none`, and allowed by configuration. Both lists must know it, so that a mistake
 * in the settings cannot let `HS256` in.
 */
export function algorithmIsOurs(
  header: CompactJws['header'],
  allowed: readonly string[],
): ProofAlgorithm | DpopRefusal {
  const ours = PROOF_ALGORITHMS.find((algorithm) => algorithm === header.alg && allowed.includes(algorithm));
  return ours ?? refuse('proof_invalid', 'alg', { algorithms: allowed.join(' ') });
}

/** For check 6: the embedded key is one that its `alg` signs with. */
export function keyFits(header: CompactJws['header'], algorithm: ProofAlgorithm): PublicJwk | DpopRefusal {
  const jwk = readPublicJwk(header.jwk);
  if (typeof jwk === 'string') return refuse('proof_invalid', 'jwk');
  return (jwk.kty === 'EC') === (algorithm === 'ES256') ? jwk : refuse('proof_invalid', 'jwk');
}

/** Check 7: the `jwk` header does not contain a private key. */
export function keyIsPublic(header: CompactJws['header']): DpopRefusal | undefined {
  const { jwk } = header;
  const leaks = typeof jwk === 'object' && jwk !== null && isPrivate(jwk);
  return leaks ? refuse('proof_invalid', 'jwk_private') : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
