import { hash, randomBytes } from 'node:crypto';
import { readHttpUri } from './http-target.ts';
import { type SigningKey, signedJws } from './signed-jws.ts';

/** What a proof says, and by which key. */
export interface DpopProofWish {
  key: SigningKey;
  method: string;
  /** Absolute; its query and fragment are not part of the proof. */
  url: string;
  /** The token that travels beside the proof; the proof is then good for no other (`ath`). */
  accessToken?: string;
  /** The last `DPoP-Nonce` of the server that is called (RFC 9449 8). */
  nonce?: string;
  /** Milliseconds since 1970; by default now. */
  nowMs?: number;
}

/** A proof cannot be made for this URL. */
export class ProofUrlError extends Error {
  readonly code = 'invalid_proof_url';
  readonly hint = { key: 'hint.invalid_proof_url' };

  constructor() {
    super('A proof needs an absolute http or https URL without user name and password');
    this.name = 'ProofUrlError';
  }
}

/**
 * Makes one DPoP proof (RFC 9449 4.2): for one request, with a `jti` of 128 random bits.
 * Synchronous, so that nothing can come between the proof and the request it is for.
 *
 * @returns the value of the `DPoP` header
 * @throws ProofUrlError
 */
export function makeDpopProof(wish: DpopProofWish): string {
  const target = readHttpUri(wish.url);
  if (!target) throw new ProofUrlError();
  return signedJws(wish.key, 'dpop+jwt', {
    jti: randomBytes(16).toString('base64url'),
    htm: wish.method,
    htu: target.origin + target.path,
    iat: Math.floor((wish.nowMs ?? Date.now()) / 1000),
    ...(wish.accessToken === undefined ? {} : { ath: accessTokenHash(wish.accessToken) }),
    ...(wish.nonce === undefined ? {} : { nonce: wish.nonce }),
  });
}

/** `ath` (RFC 9449 4.2): base64url of the SHA-256 of the token as it is sent. */
export function accessTokenHash(accessToken: string): string {
  return hash('sha256', accessToken, 'base64url');
}
