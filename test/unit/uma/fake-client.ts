import { ClientSecretBasic } from 'oauth4webapi';
import { type KeyHolder, keyHolderClient, type UmaClient, type UmaServerMetadata } from '../../../lib/uma/index.ts';
import { METADATA } from './fake-server.ts';

export type Algorithm = KeyHolder['algorithm'];

export async function newKeyHolder(algorithm: Algorithm): Promise<KeyHolder> {
  const parameters = algorithm === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' };
  const pair = await crypto.subtle.generateKey(parameters, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('no pair');
  // Node adds an `alg` to exported Ed25519 keys.
  const { alg: _alg, kty = '', ...rest } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { clientId: 'thermostat', privateKey: pair.privateKey, publicJwk: { kty, ...rest }, algorithm };
}

export async function newKeyClient(algorithm: Algorithm = 'ES256', server = METADATA): Promise<UmaClient> {
  return keyHolderClient(server, await newKeyHolder(algorithm));
}

/** A client with a secret and without a key. */
export function secretClient(server: UmaServerMetadata = METADATA): UmaClient {
  return { server, client: { client_id: 'thermostat' }, authentication: ClientSecretBasic('a secret') };
}
