/** A gateway's handle on the real built-in server, with everything under it real but the time between attempts. */
import { once } from 'node:events';
import { type DeviceKey, generateDeviceKey } from '../../../lib/proof/device-key.ts';
import type { DeviceClient, ServerChange } from '../../../lib/servers/authorization-server.ts';
import { type BuiltInServer, type BuiltInServerParts, createBuiltInServer } from '../../../lib/servers/built-in.ts';
import type { JoinStep } from '../../../lib/servers/join-walk.ts';
import { sleep } from '../../../lib/servers/waiting.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { createTransport, type Transport } from '../../../lib/transport/transport.ts';
import { memoryStore } from '../../support/memory-store.ts';
import type { OwnerSession } from '../support/home.ts';

export interface AGateway {
  server: BuiltInServer;
  store: GatewayStore;
  key: DeviceKey;
  transport: Transport;
  steps: JoinStep[];
  log: string[];
  /** The next step of this phase, or the present one. */
  reaches<Phase extends JoinStep['phase']>(phase: Phase): Promise<JoinStep & { phase: Phase }>;
  /** The process ends and begins again: only what was stored is left. */
  restart(more?: Partial<BuiltInServerParts>): Promise<AGateway>;
  close(): Promise<void>;
}

export interface GatewayOptions extends Partial<BuiltInServerParts> {
  issuer: string;
  totalMs?: number;
  /** What the owner approves; by default all that is asked. */
  scopes?: string[];
  /** Puts something between the gateway and the world. */
  spoil?(real: { store: GatewayStore; transport: Transport }): { store: GatewayStore; transport: Transport };
}

export async function aGateway({
  totalMs = 5_000,
  spoil = (real) => real,
  ...options
}: GatewayOptions): Promise<AGateway> {
  const store = options.store ?? memoryStore();
  const key = options.key ?? (await generateDeviceKey('ES256'));
  const transport = createTransport({
    connections: 8,
    timeouts: { connectMs: 1_000, headersMs: totalMs, bodyMs: totalMs, totalMs },
    maxResponseBytes: 1_000_000,
  });
  const steps: JoinStep[] = [];
  const log: string[] = [];
  const heard = new EventTarget();
  const server = createBuiltInServer({
    name: 'Node-RED in the hall',
    nowMs: Date.now,
    // Pauses are measured in a unit test; here only their order matters.
    sleep: (ms, signal) => sleep(Math.min(ms, 25), signal),
    log: (line) => log.push(line),
    ...options,
    key,
    ...spoil({ store, transport }),
  });
  server.join.watch((step) => {
    steps.push(step);
    heard.dispatchEvent(new Event('step'));
  });
  const close = async () => {
    await server.close();
    await transport.close();
  };
  return {
    server,
    store,
    key,
    transport,
    steps,
    log,
    async reaches(phase) {
      for (;;) {
        const step = server.join.step();
        if (isPhase(step, phase)) return step;
        await once(heard, 'step');
      }
    },
    async restart(more = {}) {
      await close();
      return aGateway({ totalMs, ...options, store, key, ...more });
    },
    close,
  };
}

function isPhase<Phase extends JoinStep['phase']>(step: JoinStep, phase: Phase): step is JoinStep & { phase: Phase } {
  return step.phase === phase;
}

/** Joins as a user would: the gateway shows its code, the owner approves it. */
export async function joined(
  issuer: string,
  owner: OwnerSession,
  options: Partial<GatewayOptions> = {},
): Promise<AGateway> {
  const gateway = await aGateway({ issuer, ...options });
  gateway.server.join.start();
  const { userCode } = await gateway.reaches('waiting-for-owner');
  await owner.call('POST', `/api/codes/${userCode}/approve`, options.scopes ? { scopes: options.scopes } : {});
  await gateway.reaches('ready');
  return gateway;
}

/** A device whose key this gateway holds. */
export async function aDevice({ server }: AGateway, name = 'Thermostat'): Promise<DeviceClient> {
  const key = await generateDeviceKey('ES256');
  const { clientId } = await server.devices.register({ name, jwk: { ...key.publicJwk } });
  return { clientId, privateKey: key.privateKey, publicJwk: { ...key.publicJwk }, algorithm: key.algorithm };
}

/** Everything a watcher hears, to be waited for. */
export interface Heard {
  changes: ServerChange[];
  next<Type extends ServerChange['type']>(type: Type): Promise<ServerChange & { type: Type }>;
  lastHeardMs(): number;
  close(): Promise<void>;
}

export function listenTo({ server }: AGateway, act: (change: ServerChange) => void | Promise<void> = () => {}): Heard {
  const changes: ServerChange[] = [];
  const news = new EventTarget();
  const watch = server.watch(async (change) => {
    await act(change);
    changes.push(change);
    news.dispatchEvent(new Event('change'));
  });
  return {
    changes,
    async next(type) {
      for (;;) {
        const found = changes.findIndex((change) => change.type === type);
        if (found >= 0) return changes.splice(found, 1)[0] as never;
        await once(news, 'change');
      }
    },
    lastHeardMs: watch.lastHeardMs,
    close: watch.close,
  };
}

export const shortly = () => AbortSignal.timeout(5_000);
