import assert from 'node:assert/strict';
import { calculateJwkThumbprint } from 'jose';
import { DeviceError } from '../../../lib/identity/device-error.ts';
import { createDeviceRegistry, type DeviceRegistry } from '../../../lib/identity/device-registry.ts';
import { readKeyContinuity } from '../../../lib/proof/key-continuity.ts';
import type { ClaimState, DeviceRole, DeviceState } from '../../../lib/servers/authorization-server.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';

/** What a server's device role does, without a server: idempotent by key, and away whenever a test says so. */
export interface FakeServer {
  devices: DeviceRole;
  /** Thumbprints of the keys by which it knows its devices. */
  keys: Map<string, string>;
  /** What comes of the next change of a key: refused, or made with its answer lost. */
  changes: ('refused' | 'lost' | 'away')[];
  states: Map<string, DeviceState>;
  /** What polls for a claim are answered, in order; then `claimed`. */
  claims: (ClaimState | Error)[];
  calls: string[];
  away: boolean;
  /** Waited for at the start of every call: a test holds the door shut while something else happens. */
  door: Promise<void>;
  forget(): void;
}

const ISSUER = 'https://as.example';

export function fakeServer(): FakeServer {
  const ids = new Map<string, string>();
  let forgotten = 0;
  const server: FakeServer = {
    states: new Map(),
    claims: [],
    keys: new Map(),
    changes: [],
    calls: [],
    away: false,
    door: Promise.resolve(),
    forget() {
      ids.clear();
      server.states.clear();
      forgotten += 1;
    },
    devices: {
      async register({ name, jwk }) {
        await arrive(`register ${name}`);
        const thumbprint = await calculateJwkThumbprint(jwk);
        const known = ids.get(String(jwk.x));
        if (known !== undefined) return { clientId: known };
        const clientId = `${name.toLowerCase()}-id${'-anew'.repeat(forgotten)}`;
        ids.set(String(jwk.x), clientId);
        server.states.set(clientId, 'active');
        server.keys.set(clientId, thumbprint);
        return { clientId };
      },
      async standing(clientId) {
        await arrive(`standing ${clientId}`);
        const state = server.states.get(clientId);
        if (state === undefined) throw Object.assign(new Error('no such device'), { code: 'not_found' });
        const keyThumbprint = server.keys.get(clientId) ?? '';
        return { clientId, name: clientId, state, owner: 'alice', assurance: 'gateway', keyThumbprint };
      },
      async startClaim({ clientId }) {
        await arrive(`claim ${clientId}`);
        const code = { deviceCode: `code-${server.calls.length}`, userCode: 'BCDF-GHJK' };
        return { ...code, verificationUri: 'https://as.example/device', expiresAtMs: 90_600_000, intervalMs: 2000 };
      },
      async pollClaim({ clientId }, deviceCode) {
        await arrive(`poll ${clientId} ${deviceCode}`);
        const said = server.claims.shift() ?? 'claimed';
        if (said instanceof Error) throw said;
        return said;
      },
      async replaceKey({ clientId, publicJwk }, next, continuity) {
        await arrive(`key ${clientId}`);
        const coming = server.changes.shift();
        if (coming === 'refused') throw Object.assign(new Error('no'), { code: 'refused' });
        if (coming === 'away') throw Object.assign(new Error('away'), { code: 'unreachable' });
        const stated = readKeyContinuity(continuity);
        const [present, asker] = [server.keys.get(clientId), await calculateJwkThumbprint(publicJwk)];
        const thumbprint = await calculateJwkThumbprint(next);
        assert.deepEqual([stated?.thumbprint, stated?.previous, stated?.audience], [thumbprint, asker, ISSUER]);
        if (present !== asker && present !== thumbprint)
          throw Object.assign(new Error('wrong key'), { code: 'refused' });
        server.keys.set(clientId, thumbprint);
        if (coming === 'lost') throw Object.assign(new Error('away'), { code: 'unreachable' });
      },
      async setState(clientId, state) {
        await arrive(`${state} ${clientId}`);
        if (!server.states.has(clientId)) throw Object.assign(new Error('no such device'), { code: 'not_found' });
        server.states.set(clientId, state);
      },
    },
  };

  async function arrive(call: string): Promise<void> {
    await server.door;
    if (server.away) throw Object.assign(new Error('away'), { code: 'unreachable' });
    server.calls.push(call);
  }

  return server;
}

/** A registry with a denylist that is only a set, and a log that is only a list. */
export interface Bench {
  registry: DeviceRegistry;
  store: GatewayStore;
  server: FakeServer;
  blocked: Set<string>;
  log: string[];
  /** What was waited for, in milliseconds; nothing really waits. */
  pauses: number[];
  /** From now on every pause lasts until it is aborted. */
  hang(): void;
  clock: { ms: number };
  setGatewayId(id: string | undefined): void;
  /** The process ends and begins again: only what was stored is left. */
  restart(): DeviceRegistry;
}

/** @param onPause - is called when something begins to wait */
export function bench({ store = memoryStore(), onPause = () => {} } = {}): Bench {
  const server = fakeServer();
  const blocked = new Set<string>();
  const log: string[] = [];
  const pauses: number[] = [];
  const clock = { ms: 90_000_000 };
  let hangs = false;
  const sleep = (ms: number, signal: AbortSignal): Promise<unknown> => {
    pauses.push(ms);
    onPause();
    return hangs
      ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      : Promise.resolve();
  };
  let gatewayId: string | undefined = 'gateway-1';
  const open = () =>
    createDeviceRegistry({
      store,
      devices: server.devices,
      issuer: ISSUER,
      quarantine: {
        block: async (id) => void blocked.add(id),
        lift: async (id) => void blocked.delete(id),
      },
      gatewayId: () => gatewayId,
      nowMs: () => clock.ms,
      sleep,
      log: (line) => log.push(line),
    });
  return {
    registry: open(),
    store,
    server,
    blocked,
    log,
    pauses,
    clock,
    hang: () => {
      hangs = true;
    },
    setGatewayId: (id) => {
      gatewayId = id;
    },
    restart: open,
  };
}

export const THERMOSTAT = { key: 'thermostat', name: 'Thermostat', algorithm: 'ES256' } as const;

/** Whether an error is ours with this code. */
export function isDeviceError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof DeviceError && error.code === code && error.hint.key === `hint.${code}`;
}
