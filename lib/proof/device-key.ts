import { webcrypto } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { type PublicJwk, type PublicKeyReading, readPublicKey } from './public-key.ts';

/** Keys that this process signs with, made here and kept by others (sealed). */

/** What a device may sign with: ECDSA on P-256, or Ed25519 (RFC 7518 3.4, RFC 8037 3.1). */
export type KeyAlgorithm = 'ES256' | 'EdDSA';

export interface DeviceKey {
  algorithm: KeyAlgorithm;
  /** Extractable, because it has to be sealed and stored; see {@link exportPrivateJwk}. */
  privateKey: CryptoKey;
  publicJwk: PublicJwk;
  /** RFC 7638, SHA-256. */
  thumbprint: string;
}

/** A stored or given private key cannot be used. Says what is wrong and nothing of the key. */
export class InvalidKeyError extends Error {
  readonly code = 'invalid_key';
  readonly hint = { key: 'hint.invalid_key' };

  constructor(why: string) {
    super(`The key cannot be used: ${why}`);
    this.name = 'InvalidKeyError';
  }
}

const PARAMETERS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const;

/** Makes a new key pair. */
export async function generateDeviceKey(algorithm: KeyAlgorithm): Promise<DeviceKey> {
  const pair = await webcrypto.subtle.generateKey(PARAMETERS[algorithm], true, ['sign', 'verify']);
  const { privateKey, publicKey } = pair as webcrypto.CryptoKeyPair;
  const { jwk, thumbprint } = ownPublicKey(await webcrypto.subtle.exportKey('jwk', publicKey));
  return { algorithm, privateKey, publicJwk: jwk, thumbprint };
}

/**
 * The private key for sealed storage. Never log, send or keep it anywhere else.
 *
 * @returns a private JWK that {@link importDeviceKey} reads
 */
export async function exportPrivateJwk(key: DeviceKey): Promise<JWK> {
  const { d } = await webcrypto.subtle.exportKey('jwk', key.privateKey);
  if (d === undefined) throw new InvalidKeyError('it is not private');
  return { ...key.publicJwk, d };
}

/**
 * Reads a private key back from storage. A damaged record is found here, and not by every proof being refused.
 *
 * @throws InvalidKeyError if it is no P-256 or Ed25519 private key, or its halves don't belong together
 */
export async function importDeviceKey(jwk: JWK): Promise<DeviceKey> {
  const { d, ...rest } = jwk;
  if (typeof d !== 'string') throw new InvalidKeyError('it is not private');
  const { jwk: publicJwk, thumbprint } = ownPublicKey(rest);
  const algorithm: KeyAlgorithm = publicJwk.kty === 'EC' ? 'ES256' : 'EdDSA';
  return { algorithm, privateKey: await importPrivate(algorithm, { ...publicJwk, d }), publicJwk, thumbprint };
}

function ownPublicKey(jwk: unknown): PublicKeyReading & { ok: true } {
  const reading = readPublicKey(jwk);
  if (!reading.ok) throw new InvalidKeyError(reading.fault);
  return reading;
}

/** WebCrypto itself refuses a private part that does not belong to the public one. */
async function importPrivate(algorithm: KeyAlgorithm, jwk: JWK): Promise<CryptoKey> {
  try {
    return await webcrypto.subtle.importKey('jwk', jwk, PARAMETERS[algorithm], true, ['sign']);
  } catch {
    throw new InvalidKeyError('its private part is damaged or belongs to another key');
  }
}
