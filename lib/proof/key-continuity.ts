/**
 * How a device goes from one key to the next: a statement signed by the new key, which names the old one. Alone it says
 * nothing. It is sent with a DPoP proof by the old key whose `ath` is the hash of this very statement, so that each key
 * speaks for the other, and nobody on the way can put a key of their own in the new one's place.
 */
import { randomBytes } from 'node:crypto';
import { parseCompactJws } from './compact-jws.ts';
import { algorithmIsOurs, keyFits, keyIsPublic, nothingCritical, PROOF_ALGORITHMS } from './proof-form.ts';
import { signerOf } from './proof-signature.ts';
import type { PublicJwk } from './public-key.ts';
import { type SigningKey, signedJws } from './signed-jws.ts';

/** So that no other JWT of the same key passes for one (RFC 8725 3.11). */
const TYPE = 'key-continuity+jwt';

export interface KeyContinuityWish {
  /** The new key. */
  key: SigningKey;
  /** The issuer of the server that is told. */
  audience: string;
  /** The device's `client_id`. */
  device: string;
  /** RFC 7638 thumbprint of the key that is still registered. */
  previous: string;
  /** Whole seconds for which what is bound to the old key stays good; by default it ends at once. */
  overlapSeconds?: number;
  /** Milliseconds since 1970; by default now. */
  nowMs?: number;
}

/** A statement whose signature was found good. Whom it is for and when it was made is the reader's to judge. */
export interface KeyContinuity {
  /** The new key: the one that signed. */
  jwk: PublicJwk;
  thumbprint: string;
  audience: string;
  device: string;
  previous: string;
  /** For how many seconds what is bound to the old key shall stay good: 0 where it is not said. */
  overlapSeconds: number;
  /** Seconds since 1970. */
  iat: number;
  jti: string;
}

/** Makes the statement, by the new key. */
export function makeKeyContinuity(wish: KeyContinuityWish): string {
  const { key, audience, device, previous, overlapSeconds, nowMs = Date.now() } = wish;
  return signedJws(key, TYPE, {
    aud: audience,
    sub: device,
    previous_jkt: previous,
    ...(overlapSeconds !== undefined && { overlap: overlapSeconds }),
    iat: Math.floor(nowMs / 1000),
    jti: randomBytes(16).toString('base64url'),
  });
}

/**
 * Reads what a stranger sent. Never throws. Synchronous: one signature verification.
 *
 * @returns undefined for whatever is no statement, or not signed by the very key it names
 */
export function readKeyContinuity(text: string): KeyContinuity | undefined {
  const jws = parseCompactJws(text);
  if (jws?.header.typ !== TYPE || nothingCritical(jws.header) || keyIsPublic(jws.header)) return undefined;
  const algorithm = algorithmIsOurs(jws.header, PROOF_ALGORITHMS);
  if (typeof algorithm !== 'string') return undefined;
  const jwk = keyFits(jws.header, algorithm);
  if ('ok' in jwk) return undefined;
  // Not among the keys of proofs: a header kept there counts as that of a proof from then on.
  const signer = signerOf({ jws, algorithm, jwk });
  if ('ok' in signer) return undefined;
  const { aud, sub, previous_jkt, overlap = 0, iat, jti } = jws.claims;
  if (!isText(aud) || !isText(sub) || !isText(previous_jkt) || !isText(jti)) return undefined;
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return undefined;
  if (!isOverlap(overlap)) return undefined;
  const named = { audience: aud, device: sub, previous: previous_jkt, overlapSeconds: overlap };
  return { jwk, thumbprint: signer.thumbprint, ...named, iat, jti };
}

/** Long enough for whatever is on its way, and too short to be of use to a thief. */
const LONGEST_OVERLAP_SECONDS = 30;

function isOverlap(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_OVERLAP_SECONDS;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 1000;
}
