import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { toLowerForm } from '../../proof/one-spelling.ts';
import { readPublicKey } from '../../proof/public-key.ts';
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';

/** The server's own keys: made once, kept sealed, the same after every restart. */
export interface ServerKeys {
  /** What `/jwks` shows. */
  publicJwks: { keys: object[] };
  /** For the provider's constructor only. */
  privateJwks: {
    keys: { kty: 'EC'; crv: 'P-256'; x: string; y: string; d: string; kid: string; alg: 'ES256'; use: 'sig' }[];
  };
  cookieKeys: string[];
  /** Signs a JWT in one synchronous step (RFC 7515 3.1, ES256), so that nothing can come between a decision and its token. */
  signJwt(type: string, claims: object): string;
}

interface StoredKeys {
  signing: { x: string; y: string; d: string; kid: string };
  cookies: string[];
}

const kind: TableKind<StoredKeys> = {
  name: 'server-keys',
  version: 1,
  sealed: true,
  read(stored) {
    if (typeof stored !== 'object' || stored === null || !('signing' in stored)) throw new TypeError('not server keys');
    return stored as StoredKeys;
  },
};

/** Reads the keys, or makes them durable before anybody can see them. */
export async function openServerKeys(store: GatewayStore): Promise<ServerKeys> {
  const table = store.table(kind);
  const stored = table.get('keys') ?? newKeys();
  if (table.get('keys') === undefined) await store.transaction(() => table.put('keys', stored));
  const { x, y, d, kid } = stored.signing;
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' } as const;
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' });
  return {
    publicJwks: { keys: [publicJwk] },
    privateJwks: { keys: [{ ...publicJwk, d }] },
    cookieKeys: stored.cookies,
    signJwt: (type, claims) => signJwt(key, { typ: type, alg: 'ES256', kid }, claims),
  };
}

function newKeys(): StoredKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const reading = readPublicKey(createPublicKey(privateKey).export({ format: 'jwk' }));
  if (!reading.ok) throw new TypeError('the new signing key cannot be read');
  return { signing: { x, y, d, kid: reading.thumbprint }, cookies: [randomBytes(32).toString('base64url')] };
}

function signJwt(key: KeyObject, header: object, claims: object): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${toLowerForm(signature).toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
