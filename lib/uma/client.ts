import type { CryptoKey, JWK } from 'jose';
import {
  type Client,
  type ClientAuth,
  DPoP,
  type DPoPHandle,
  type ModifyAssertionOptions,
  modifyAssertion,
  PrivateKeyJwt,
} from 'oauth4webapi';
import { InvalidArgumentError } from './errors.ts';
import { isStringArray } from './json-body.ts';
import type { UmaServerMetadata } from './server-metadata.ts';

/** A client of one server: who it is, how it shows that, and the key its tokens are bound to. */
export interface UmaClient {
  server: UmaServerMetadata;
  client: Client;
  authentication: ClientAuth;
  /** Keeps the server's nonces between requests, so keep the client as long as its key. */
  dpop?: DPoPHandle;
}

/** A registered client and its one key, which both authenticates it and binds its tokens. */
export interface KeyHolder {
  clientId: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  algorithm: 'ES256' | 'EdDSA';
  /** The `kid` by which the server knows the key, where the registration has one. */
  keyId?: string;
}

const KEY_OF = {
  ES256: { kty: 'EC', name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { kty: 'OKP', name: 'Ed25519', namedCurve: 'Ed25519' },
};

const NO_SUCH_KEY = 'the key is not one for its algorithm';

/**
 * A client that authenticates by `private_key_jwt` (RFC 7523 2.2) and binds its tokens by DPoP (RFC 9449). Signatures by
 * Ed25519 keys are named `EdDSA` (RFC 8037 3.1) or `Ed25519` (RFC 9864 2.2): the one that the server lists, or, if it
 * lists both or none, the `alg` of the JWK, with which servers compare it; without any of these `EdDSA`.
 *
 * @throws {@link InvalidArgumentError} where the key is not one for the algorithm
 */
export async function keyHolderClient(server: UmaServerMetadata, holder: KeyHolder): Promise<UmaClient> {
  const { clientId, privateKey, publicJwk, keyId } = holder;
  const publicKey = await importPublicKey(holder);
  const signingKey = keyId === undefined ? privateKey : { key: privateKey, kid: keyId };
  const client: Client = { client_id: clientId };
  const forAssertion = nameOfEd25519(server.token_endpoint_auth_signing_alg_values_supported, publicJwk.alg);
  const forProof = nameOfEd25519(server.dpop_signing_alg_values_supported, publicJwk.alg);
  return {
    server,
    client,
    authentication: PrivateKeyJwt(signingKey, forAssertion),
    dpop: DPoP(client, { privateKey, publicKey }, forProof),
  };
}

async function importPublicKey({ privateKey, publicJwk, algorithm }: KeyHolder): Promise<CryptoKey> {
  const { kty, name, namedCurve } = KEY_OF[algorithm];
  const { crv, x = '', y } = publicJwk;
  if (privateKey.algorithm.name !== name || crv !== namedCurve) throw new InvalidArgumentError(NO_SUCH_KEY);
  try {
    // Only the public members, whatever else the JWK holds.
    const jwk = { kty, crv, x, ...(y !== undefined && { y }) };
    return await crypto.subtle.importKey('jwk', jwk, { name, namedCurve }, true, ['verify']);
  } catch {
    throw new InvalidArgumentError(NO_SUCH_KEY);
  }
}

/** The library writes `Ed25519`; most servers and keys still know the older name only. */
function nameOfEd25519(supported: unknown, registered: string | undefined): ModifyAssertionOptions {
  const names = ['EdDSA', 'Ed25519'].filter((name) => !isStringArray(supported) || supported.includes(name));
  const name = names.length === 1 ? names[0] : registered;
  if (name === 'Ed25519') return {};
  return {
    [modifyAssertion]: (header) => {
      if (header.alg === 'Ed25519') header.alg = 'EdDSA';
    },
  };
}
