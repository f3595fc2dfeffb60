import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { toLowerForm } from '../../proof/one-spelling.ts';
import { readPublicKey } from '../../proof/public-key.ts';
import type { GatewayStore, TableKind } from '../../store/gateway-store.ts';

/** The server's own keys: made once, kept sealed, the same after every restart. */
export interface ServerKeys {
  /** What `/jwks` shows now: with a key that gave way, as long as a token signed by it can be alive. */
  publicJwks(): { keys: object[]; succession?: string[] };
  /** RFC 7638 thumbprint of the key that signs; it is its `kid` too. */
  thumbprint: string;
  /** For the provider's constructor only. */
  privateJwks: {
    keys: { kty: 'EC'; crv: 'P-256'; x: string; y: string; d: string; kid: string; alg: 'ES256'; use: 'sig' }[];
  };
  cookieKeys: string[];
  /** Signs a JWT in one synchronous step (RFC 7515 3.1, ES256), so that nothing can come between a decision and its token. */
  signJwt(type: string, claims: object): string;
}

export interface ServerKeysWish {
  nowSeconds(): number;
  /** A new key takes the place of the one there is. */
  rotate?: boolean;
  log(line: string): void;
}

interface PublicPart {
  x: string;
  y: string;
  kid: string;
}

interface StoredKeys {
  signing: PublicPart & { d: string };
  cookies: string[];
  /** The key before this one, of which only the public half is left. */
  before?: PublicPart & { shownUntil: number };
  /** Each signed by a key that gave way, and naming the next: oldest first. */
  succession?: string[];
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

/** Longer than any token that the old key signed can live, leeway and all. */
const oldKeyShownSeconds = 600;
/** A gateway that was away for more changes than these needs a person's word. */
const mostStatements = 50;
const statementType = 'key-succession+jwt';

/** Reads the keys, or makes them durable before anybody can see them. */
export async function openServerKeys(store: GatewayStore, wish: ServerKeysWish): Promise<ServerKeys> {
  const table = store.table(kind);
  const found = table.get('keys');
  const stored = found === undefined ? newKeys() : wish.rotate ? succeeded(found, wish) : found;
  if (stored !== found) await store.transaction(() => table.put('keys', stored));
  const { signing, before, succession } = stored;
  const key = privateKeyOf(signing);
  const isShown = () => before !== undefined && wish.nowSeconds() < before.shownUntil;
  return {
    publicJwks: () => ({
      keys: [publicJwk(signing), ...(before && isShown() ? [publicJwk(before)] : [])],
      ...(succession === undefined ? {} : { succession }),
    }),
    thumbprint: signing.kid,
    privateJwks: { keys: [{ ...publicJwk(signing), d: signing.d }] },
    cookieKeys: stored.cookies,
    signJwt: (type, claims) => signJwt(key, { typ: type, alg: 'ES256', kid: signing.kid }, claims),
  };
}

function newKeys(): StoredKeys {
  return { signing: newSigningKey(), cookies: [randomBytes(32).toString('base64url')] };
}

/**
 * A new key, with a statement by the old one that a gateway which knows the old one believes. Nothing is signed with the
 * old one any more, so its private half goes.
 */
function succeeded(keys: StoredKeys, { nowSeconds, log }: ServerKeysWish): StoredKeys {
  const now = nowSeconds();
  if (keys.before !== undefined && now < keys.before.shownUntil) {
    log('The signing key was changed a few minutes ago and is not changed again.');
    return keys;
  }
  const { d: _, ...old } = keys.signing;
  const signing = newSigningKey();
  const header = { typ: statementType, alg: 'ES256', kid: old.kid, jwk: bareJwk(old) };
  const statement = signJwt(privateKeyOf(keys.signing), header, { iat: now, next_jkt: signing.kid });
  const succession = [...(keys.succession ?? []), statement].slice(-mostStatements);
  log(`The server signs with a new key from now on, vouched for by the one before: ${signing.kid}`);
  return { ...keys, signing, before: { ...old, shownUntil: now + oldKeyShownSeconds }, succession };
}

function newSigningKey(): StoredKeys['signing'] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const reading = readPublicKey(createPublicKey(privateKey).export({ format: 'jwk' }));
  if (!reading.ok) throw new TypeError('the new signing key cannot be read');
  return { x, y, d, kid: reading.thumbprint };
}

function bareJwk({ x, y }: PublicPart) {
  return { kty: 'EC', crv: 'P-256', x, y } as const;
}

function publicJwk(part: PublicPart) {
  return { ...bareJwk(part), kid: part.kid, alg: 'ES256', use: 'sig' } as const;
}

function privateKeyOf(signing: StoredKeys['signing']): KeyObject {
  return createPrivateKey({ key: { ...bareJwk(signing), d: signing.d }, format: 'jwk' });
}

function signJwt(key: KeyObject, header: object, claims: object): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${toLowerForm(signature).toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
