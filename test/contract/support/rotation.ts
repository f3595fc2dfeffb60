/** A device's change of key, as an outside program writes it with `jose` alone: right, and wrong on purpose. */
import { randomUUID } from 'node:crypto';
import { type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { post, type Reply } from './test-client.ts';
import { proof, seconds, type TestKey } from './test-key.ts';

export interface Rotating {
  issuer: string;
  clientId: string;
  key: TestKey;
}

/** What to do otherwise than right. */
export interface RotationSpoilt {
  header?: object;
  claims?: object;
  /** Who proves the request; the device's own key otherwise. */
  by?: TestKey;
  /** Sent instead of a new statement. */
  continuity?: string;
  /** Sent instead of a new proof. */
  proof?: string;
  /** What the proof is for, if not for this statement. */
  ath?: string | undefined;
  nonce?: string;
  age?: number;
  keepNonce?: boolean;
}

export function statement({ issuer, clientId, key }: Rotating, next: TestKey, spoilt: RotationSpoilt = {}) {
  const claims = { aud: issuer, sub: clientId, previous_jkt: key.thumbprint, iat: seconds(), jti: randomUUID() };
  const header = { typ: 'key-continuity+jwt', alg: next.alg, jwk: next.publicJwk as JWK };
  return new SignJWT({ ...claims, ...spoilt.claims })
    .setProtectedHeader({ ...header, ...spoilt.header } as JWTHeaderParameters)
    .sign(next.privateKey);
}

/** `POST /devices/{id}/key`; a nonce that is asked for is sent. */
export async function rotate(device: Rotating, next: TestKey, spoilt: RotationSpoilt = {}): Promise<Reply> {
  const continuity = spoilt.continuity ?? (await statement(device, next, spoilt));
  const url = `${device.issuer}/devices/${device.clientId}/key`;
  const once = async (nonce: string | undefined) => {
    const token = 'ath' in spoilt ? spoilt.ath : continuity;
    const wish = { method: 'POST', url, token, nonce, ...(spoilt.age === undefined ? {} : { age: spoilt.age }) };
    const dpop = spoilt.proof ?? (await proof(spoilt.by ?? device.key, wish));
    return post(url, { continuity }, { dpop });
  };
  const reply = await once(spoilt.nonce);
  const given = reply.headers.get('dpop-nonce') ?? undefined;
  return reply.body?.error === 'use_dpop_nonce' && !spoilt.keepNonce ? once(given) : reply;
}
