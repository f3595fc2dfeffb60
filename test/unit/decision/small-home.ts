import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { createDecide, type DecisionPorts } from '../../../lib/decision/decide.ts';
import type { Presented, Requirement } from '../../../lib/decision/decision.ts';
import { createKeySet } from '../../../lib/decision/key-set.ts';
import { createTokenReader } from '../../../lib/decision/token-reader.ts';
import { type DeviceKey, generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { createProofState } from '../../../lib/proof/dpop-check.ts';
import { type DpopProofWish, makeDpopProof } from '../../../lib/proof/dpop-proof.ts';
import type { RptFacts, RptReading } from '../../../lib/uma/rpt.ts';

/** A home with one server, two devices and one dishwasher; the clock stands still unless a test moves it. */
export const ISSUER = 'http://127.0.0.1:1862';
export const AUDIENCE = 'gateway';
export const URL_OF_START = 'http://127.0.0.1:1880/dishwasher/start';

export interface ServerKey {
  privateKey: KeyObject;
  jwks: JSONWebKeySet;
  kid: string;
}

export function makeServerKey(kid = 'k1'): ServerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    kid,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] },
  };
}

export interface Home extends DecisionPorts {
  serverKey: ServerKey;
  thermostat: DeviceKey;
  heater: DeviceKey;
  /** The time; move it at will. */
  time: { nowMs: number; heardMs: number; highestMs: number };
  denials: Map<string, 'revoked' | 'quarantined'>;
  devices: Map<string, { state: string; thumbprints: string[] }>;
  /** Shares for one message that have had it. */
  used: Set<string>;
  rpt(claims?: JWTPayload, header?: { typ?: string; kid?: string }): Promise<string>;
  proof(rpt: string, wish?: Partial<DpopProofWish>): string;
  decide: ReturnType<typeof createDecide>;
}

export function factsOf(claims: JWTPayload): RptFacts {
  const { permissions, cnf, client_id } = claims as Record<string, unknown>;
  const list = permissions as { resource_id: string; resource_scopes: string[]; exp?: number; window_end?: number }[];
  return {
    ...(typeof client_id === 'string' ? { device: client_id } : {}),
    ...(cnf ? { jkt: (cnf as { jkt: string }).jkt } : {}),
    issuedAt: claims.iat ?? Number.NaN,
    expiresAt: claims.exp ?? Number.NaN,
    permissions: list.map(({ resource_id, resource_scopes, window_end, ...rest }) => ({
      ...rest,
      ...(window_end === undefined ? {} : { windowEnd: window_end }),
      resource: resource_id,
      scopes: resource_scopes,
    })),
  };
}

export function readingOf(changes: Partial<RptReading & { kind: 'jwt' }> = {}): RptReading {
  const jwt = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], jwksUri: `${ISSUER}/jwks`, facts: factsOf };
  return { kind: 'jwt', ...jwt, ...changes };
}

export async function makeHome(changes: Partial<DecisionPorts> = {}): Promise<Home> {
  const serverKey = makeServerKey();
  const thermostat = await generateDeviceKey('ES256');
  const heater = await generateDeviceKey('EdDSA');
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const time = { nowMs, heardMs: nowMs, highestMs: nowMs };
  const denials: Home['denials'] = new Map();
  const devices: Home['devices'] = new Map([
    ['thermostat', { state: 'active', thumbprints: [thermostat.thumbprint] }],
    ['heater', { state: 'active', thumbprints: [heater.thumbprint] }],
  ]);
  const used: Home['used'] = new Set();
  const use = (shares: readonly string[]): boolean => {
    if (shares.some((share) => used.has(share))) return false;
    for (const share of shares) used.add(share);
    return true;
  };
  const clock = {
    nowMs: () => time.nowMs,
    latestMs: () => Math.max(time.nowMs, time.highestMs),
    behind: (leewaySeconds: number) => time.nowMs < time.highestMs - leewaySeconds * 1000,
  };
  const keySet = createKeySet({ fetchJwks: async () => serverKey.jwks });
  const shared = { nowMs: clock.nowMs, lastHeardMs: () => time.heardMs };
  const ports: DecisionPorts = {
    clock,
    lastHeardMs: shared.lastHeardMs,
    readToken: createTokenReader({ ...shared, keySet }),
    reading: () => readingOf(),
    denies: (tokenHash) => denials.get(tokenHash),
    deviceLookup: (clientId) => devices.get(clientId),
    once: { usedUp: (share) => used.has(share), use },
    serverBindsKeys: true,
    addresses: () => ['http://127.0.0.1:1880', 'http://localhost:1880'],
    proofState: createProofState({ nowMs: nowMs - 3_600_000 }),
    ...changes,
  };
  const nowSeconds = () => time.nowMs / 1000;
  return {
    ...ports,
    serverKey,
    thermostat,
    heater,
    time,
    denials,
    devices,
    used,
    decide: createDecide(ports),
    rpt: (claims = {}, header = {}) =>
      new SignJWT({
        iss: ISSUER,
        aud: AUDIENCE,
        client_id: 'thermostat',
        iat: nowSeconds(),
        exp: nowSeconds() + 300,
        cnf: { jkt: thermostat.thumbprint },
        permissions: [{ resource_id: 'dishwasher', resource_scopes: ['start'], share: 'share-1' }],
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header })
        .sign(serverKey.privateKey),
    proof: (rpt, wish = {}) =>
      makeDpopProof({
        key: thermostat,
        method: 'POST',
        url: URL_OF_START,
        accessToken: rpt,
        nowMs: time.nowMs,
        ...wish,
      }),
  };
}

export function presented(rpt: string, proof: string, changes: Partial<Presented> = {}): Presented {
  return {
    authorization: [`DPoP ${rpt}`],
    dpop: [proof],
    method: 'POST',
    target: '/dishwasher/start',
    source: '127.0.0.1',
    ...changes,
  };
}

export function requirement(changes: Partial<Requirement> = {}): Requirement {
  return {
    permissions: [{ resource: 'dishwasher', scopes: ['start'] }],
    maxAnswerAgeMs: 300_000,
    leewaySeconds: 5,
    acceptBearer: false,
    ...changes,
  };
}

export function hashOf(rpt: string): string {
  return hash('sha256', rpt, 'base64url');
}
