/** A key as a stranger's program holds one, and whatever it can be made to sign: good and bad on purpose. */
import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface TestKey {
  alg: 'ES256' | 'EdDSA' | 'Ed25519';
  privateKey: CryptoKey;
  publicJwk: JWK;
  thumbprint: string;
}

export async function newKey(alg: TestKey['alg'] = 'ES256'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const { kty, crv, x, y } = (await exportJWK(publicKey)) as JWK & { kty: string };
  const publicJwk = { kty, crv, x, ...(y === undefined ? {} : { y }) } as JWK;
  return { alg, privateKey, publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) };
}

export interface ProofWish {
  method: string;
  url: string;
  token?: string | undefined;
  nonce?: string | undefined;
  /** Seconds from now. */
  age?: number;
  jti?: string;
}

/** A DPoP proof (RFC 9449 4.2). */
export function proof(key: TestKey, { method, url, token, nonce, age = 0, jti = randomUUID() }: ProofWish) {
  const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
  const claims = {
    htm: method,
    htu: url,
    jti,
    iat: seconds() - age,
    ...ath,
    ...(nonce === undefined ? {} : { nonce }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk: key.publicJwk as JWK & { kty: string } })
    .sign(key.privateKey);
}

/** A client assertion (RFC 7523 3). */
export function assertion(key: TestKey, clientId: string, issuer: string, claims: object = {}) {
  const now = seconds();
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: key.alg })
    .sign(key.privateKey);
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
