import { hash, KeyObject, sign } from 'node:crypto';
import {
  createProofState,
  type DeviceKey,
  type DpopCheck,
  type DpopRefusal,
  type DpopVerdict,
  generateDeviceKey,
} from '../../../lib/proof/index.ts';

/** Proofs signed for real, with any header and any claims: what an honest maker would never write. */

export const NOW_MS = Date.UTC(2025, 0, 15, 12, 0, 0, 500);
export const NOW_SECONDS = Math.floor(NOW_MS / 1000);
export const TOKEN = 'the.access.token';

export interface Craft {
  /** Laid over the honest header; `undefined` takes a member away. */
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  /** Signs instead of the key. */
  signature?: string;
}

export function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

export function signJws(key: DeviceKey, input: string): string {
  return sign(key.algorithm === 'ES256' ? 'sha256' : null, Buffer.from(input), {
    key: KeyObject.from(key.privateKey),
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url');
}

export function craftProof(key: DeviceKey, craft: Craft = {}): string {
  const header = { typ: 'dpop+jwt', alg: key.algorithm, jwk: key.publicJwk, ...craft.header };
  const claims = {
    jti: `jti ${Math.random()}`,
    htm: 'POST',
    htu: 'http://127.0.0.1:1880/dishwasher/start',
    iat: NOW_SECONDS,
    ath: hash('sha256', TOKEN, 'base64url'),
    ...craft.claims,
  };
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${craft.signature ?? signJws(key, input)}`;
}

/** A request to the dishwasher, as a gateway that has run for an hour sees it. */
export function requestCheck(changes: Partial<DpopCheck> = {}): DpopCheck {
  return {
    ...createProofState({ nowMs: NOW_MS - 3_600_000 }),
    method: 'POST',
    target: '/dishwasher/start?program=eco',
    accessToken: TOKEN,
    addresses: ['http://localhost:1880', 'http://127.0.0.1:1880'],
    algorithms: ['ES256', 'EdDSA', 'Ed25519'],
    nowMs: NOW_MS,
    leewaySeconds: 5,
    maxAgeSeconds: 60,
    ...changes,
  };
}

export function refusalOf(verdict: DpopVerdict): Pick<DpopRefusal, 'reason' | 'detail'> | 'accepted' {
  return verdict.ok ? 'accepted' : { reason: verdict.reason, detail: verdict.detail };
}

export const invalid = (detail: DpopRefusal['detail']) => ({ reason: 'proof_invalid', detail });

export async function twoKeys(): Promise<{ es256: DeviceKey; ed25519: DeviceKey }> {
  return { es256: await generateDeviceKey('ES256'), ed25519: await generateDeviceKey('EdDSA') };
}
