import { KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import type { DeviceKey } from './device-key.ts';

/** A {@link DeviceKey}, or what a server's client holds of one. */
export type SigningKey = Pick<DeviceKey, 'algorithm' | 'privateKey'> & { publicJwk: JWK };

/**
 * A JWS in compact form (RFC 7515 3.1) that carries the public key it was signed with. Synchronous, so that nothing can
 * come between the signature and what it is for.
 */
export function signedJws(key: SigningKey, typ: string, claims: object): string {
  const header = { typ, alg: key.algorithm, jwk: bare(key.publicJwk) };
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign(key.algorithm === 'ES256' ? 'sha256' : null, Buffer.from(input), {
    key: KeyObject.from(key.privateKey),
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

/** Names the public members one by one: whatever else a caller's JWK holds never leaves. */
function bare({ kty, crv, x, y }: JWK): JWK {
  return { kty, crv, x, ...(y === undefined ? {} : { y }) } as JWK;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
