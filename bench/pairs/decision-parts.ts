/** A decision as a gateway makes it, with everything but the network: a real store, a real denylist, real tokens. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { openServerKeys } from '../../lib/built-in-server/provider/server-keys.ts';
import { createClock } from '../../lib/decision/clock.ts';
import { createDecide } from '../../lib/decision/decide.ts';
import type { Decide, Presented } from '../../lib/decision/decision.ts';
import { createKeySet } from '../../lib/decision/key-set.ts';
import { createTokenReader } from '../../lib/decision/token-reader.ts';
import { type DeviceKey, generateDeviceKey } from '../../lib/proof/device-key.ts';
import { createProofState } from '../../lib/proof/dpop-check.ts';
import { makeDpopProof } from '../../lib/proof/dpop-proof.ts';
import { createDenylist } from '../../lib/revocation/denylist.ts';
import { builtInReading } from '../../lib/servers/built-in-reading.ts';
import { openStore } from '../../lib/store/open-store.ts';

const issuer = 'http://127.0.0.1:1862';
const origin = 'http://127.0.0.1:1880';
const target = '/dishwasher/start';
/** A key may use up 20,000 proofs in one window. */
const keyCount = 4;

export interface DecisionParts {
  keys: DeviceKey[];
  /** Requests with a proof, one after the other by each of the keys. */
  proved(count: number): Presented[];
  /** A request with a token that no key is bound to. */
  unproved: Presented;
  /** Decides one message; throws unless it may pass. */
  decide(presented: Presented): Promise<void>;
  close(): Promise<void>;
}

export async function openDecisionParts(): Promise<DecisionParts> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-bench-decision-'));
  const store = await openStore({ dir: join(dir, 'store'), keyDir: dir });
  const server = await openServerKeys(store, { nowSeconds: () => Date.now() / 1000, rotate: false, log: () => {} });
  const keys = await Promise.all(Array.from({ length: keyCount }, () => generateDeviceKey('ES256')));
  const tokens = keys.map((key, index) => server.signJwt('at+jwt', claimsOf(`device-${index}`, key.thumbprint)));
  const devices = new Map(
    keys.map((key, index) => [`device-${index}`, { state: 'active', thumbprints: [key.thumbprint] }]),
  );
  const decide = createDecide({
    ...portsOf(server.publicJwks()),
    denies: denies(store),
    deviceLookup: (clientId) => devices.get(clientId),
  });
  const request = (authorization: string, dpop: string[]): Presented => ({
    ...{ authorization: [authorization], dpop, method: 'POST', target, source: '127.0.0.1' },
  });
  return {
    keys,
    proved: (count) =>
      Array.from({ length: count }, (_none, index) => {
        const [key, accessToken] = [keys[index % keyCount], tokens[index % keyCount]];
        if (!key || !accessToken) throw new Error('there is no such key');
        const proof = makeDpopProof({ key, method: 'POST', url: origin + target, accessToken });
        return request(`DPoP ${accessToken}`, [proof]);
      }),
    unproved: request(`Bearer ${server.signJwt('at+jwt', claimsOf('device-0', undefined))}`, []),
    decide: (presented) => mustPass(decide, presented),
    async close() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function portsOf(jwks: { keys: object[] }) {
  const clock = createClock({ nowMs: Date.now, readHighest: () => undefined, writeHighest: () => {} });
  const heardMs = Date.now();
  const lastHeardMs = () => heardMs;
  const keySet = createKeySet({ fetchJwks: async () => jwks as JSONWebKeySet });
  const reading = builtInReading({ issuer, audience: 'gateway', jwksUri: `${issuer}/jwks`, owner: 'alice' });
  return {
    clock,
    lastHeardMs,
    readToken: createTokenReader({ keySet, nowMs: clock.nowMs, lastHeardMs }),
    reading: () => reading,
    serverBindsKeys: true,
    // No token here is for one message: that costs a write by design.
    once: { usedUp: () => false, use: () => true },
    addresses: () => [origin],
    // As if it had run for an hour: right after a start a proof needs a nonce.
    proofState: createProofState({ nowMs: Date.now() - 3_600_000 }),
  };
}

function denies(store: Awaited<ReturnType<typeof openStore>>) {
  const rules = { maxTokenLifetimeSeconds: 300, leewaySeconds: 60, uniqueShareIds: true };
  return createDenylist({ store, now: () => Date.now() / 1000, rules }).denies;
}

function claimsOf(device: string, jkt: string | undefined): object {
  const now = Math.floor(Date.now() / 1000);
  const exp = now + 3600;
  return {
    ...{ iss: issuer, aud: 'gateway', sub: device, client_id: device, azp: device, iat: now, exp },
    permissions: [{ resource_id: 'dishwasher', resource_scopes: ['start'], exp, share: 'sh_1' }],
    ...(jkt && { cnf: { jkt } }),
  };
}

async function mustPass(decide: Decide, presented: Presented): Promise<void> {
  const permissions = [{ resource: 'dishwasher', scopes: ['start'] }];
  const requirement = { permissions, maxAnswerAgeMs: 300_000, leewaySeconds: 5, acceptBearer: true };
  const decision = await decide(presented, requirement, () => {});
  if (!decision.allowed) throw new Error(`a message was refused: ${decision.reason}`);
}
