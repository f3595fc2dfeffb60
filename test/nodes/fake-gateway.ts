/** A fake gateway: says what a test tells it to, and remembers what it was asked. The real one is tested in test/flows. */
import { EventEmitter } from 'node:events';
import type { Gateway, GatewaySettings, Standing } from '../../lib/gateway/gateway.ts';
import type { GatewayHandle } from '../../lib/gateway/open-gateway.ts';
import type { OwnerRole } from '../../lib/servers/authorization-server.ts';
import type { Share } from '../../lib/sharing/share.ts';

type Asked = { what: string; with: unknown[] };

export interface FakeGateway {
  gateway: Gateway;
  asked: Asked[];
  /** What was asked of one method, in order. */
  calls(what: string): unknown[][];
  /** What one method was asked first. Rejects a test in which it was not asked at all. */
  first(what: string): unknown[];
  /** Answers of single methods, replaced by a test. */
  answers: Partial<{ [K in keyof Gateway]: Gateway[K] }>;
  owner: Partial<OwnerRole>;
  /** Lets those hear who watch devices, requests or what ends. */
  tell(what: 'device' | 'request' | 'ended', news: object): void;
  become(standing: Standing): void;
  held: Set<string>;
}

export const aShare: Share = {
  id: 'share-1',
  version: 1,
  owner: 'alice',
  partyName: 'Thermostat',
  party: { kind: 'device', id: 'client-thermostat' },
  resource: 'resource-dishwasher',
  scopes: ['start'],
  conditions: {},
};

const devices = [
  { clientId: 'client-thermostat', name: 'Thermostat', state: 'active', owner: 'alice', assurance: 'gateway' },
] as const;
const resources = [{ key: 'dishwasher', id: 'resource-dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'] }];

function fakeOwner(fake: FakeGateway): OwnerRole {
  const record =
    (what: string, answer: unknown) =>
    async (...given: unknown[]): Promise<never> => {
      fake.asked.push({ what, with: given });
      const own = (fake.owner as Record<string, ((...args: unknown[]) => unknown) | undefined>)[what];
      return (own ? await own(...given) : answer) as never;
    };
  return {
    shares: record('shares', { items: [aShare] }),
    grant: record('grant', aShare),
    change: record('change', aShare),
    requests: record('requests', []),
    approve: record('approve', aShare),
    deny: record('deny', undefined),
  };
}

/** Answers that fit a home with one thermostat, one dishwasher and no trouble. */
function plainAnswers(fake: FakeGateway, settings: GatewaySettings): Partial<Gateway> {
  const status = { device: 'client-thermostat', state: 'active', owner: 'alice', assurance: 'gateway' } as const;
  return {
    connection: settings.connection,
    issuer: 'http://127.0.0.1:1862',
    pages: 'http://127.0.0.1:1862',
    keyFingerprint: 'a-fingerprint',
    madeCertificate: () => undefined,
    notEncrypted: false,
    deviceId: (name) => ({ thermostat: 'client-thermostat', 'client-thermostat': 'client-thermostat' })[name],
    resourceId: (name) => (name === 'dishwasher' || name === 'resource-dishwasher' ? 'resource-dishwasher' : undefined),
    devices: () => [...devices],
    deviceName: (name) => ({ thermostat: 'Thermostat', 'client-thermostat': 'Thermostat' })[name],
    resources: () => resources,
    isHeld: (what, name) => fake.held.has(`${what} ${name.replace(/^client-/, '')}`),
    owner: async () => fakeOwner(fake),
    ownerScopes: () => [],
    deviceStatus: async () => ({ ...status, keyThumbprint: 'abc', keyAgeDays: 3 }),
    suspend: async () => ({ ...status, state: 'quarantined' }),
    resume: async () => status,
    rotate: async () => ({
      device: 'client-thermostat',
      keyThumbprint: 'new',
      previousThumbprint: 'abc',
      overlapUntil: 90_010,
    }),
    retire: async () => ({ ...status, state: 'retired' }),
    async *test() {
      yield { step: { key: 'test.reached' }, ok: true };
    },
  };
}

export function createFakeGateway(settings: GatewaySettings): FakeGateway {
  const changes = new EventEmitter();
  let standing: Standing = { phase: 'ready' };
  const fake: FakeGateway = {
    gateway: undefined as unknown as Gateway,
    asked: [],
    calls: (what) => fake.asked.filter((asked) => asked.what === what).map((asked) => asked.with),
    first: (what) => {
      const [given] = fake.calls(what);
      if (!given) throw new Error(`${what} was never asked`);
      return given;
    },
    answers: {},
    owner: {},
    held: new Set(),
    tell: (what, news) => void changes.emit(what, news),
    become: (next) => {
      standing = next;
      changes.emit('standing', next);
    },
  };
  const hold = (kind: string) => (wish: { key: string }) => {
    fake.held.add(`${kind} ${wish.key}`);
    fake.asked.push({ what: `hold ${kind}`, with: [wish] });
    return () => void fake.held.delete(`${kind} ${wish.key}`);
  };
  const listen = (what: string) => (listener: (news: object) => void) => {
    changes.on(what, listener);
    return () => void changes.off(what, listener);
  };
  const own: Record<string, unknown> = {
    ...plainAnswers(fake, settings),
    standing: () => standing,
    watchStanding: (listener: (standing: Standing) => void) => {
      changes.on('standing', listener);
      return () => void changes.off('standing', listener);
    },
    watchDevices: listen('device'),
    watchEnded: (listener: (target: object, shares: object[]) => void) =>
      listen('ended')((target) => listener(target, [])),
    watchRequests: listen('request'),
    holdDevice: hold('device'),
    holdResource: hold('resource'),
    flowsRun: () => () => {},
  };
  fake.gateway = new Proxy({} as Gateway, {
    get: (_target, name: string) => {
      // A promise resolves with it: it must not look like one.
      if (name === 'then') return undefined;
      const answer = (fake.answers as Record<string, unknown>)[name] ?? own[name];
      if (typeof answer !== 'function') return answer;
      return (...given: unknown[]) => {
        fake.asked.push({ what: name, with: given });
        return answer(...given);
      };
    },
  });
  return fake;
}

export interface FakeGateways {
  open(settings: GatewaySettings): GatewayHandle;
  opened: { settings: GatewaySettings; fake: FakeGateway; released: boolean }[];
  /** The newest one. */
  last(): FakeGateway;
  /** Lets gateways open only when the test says so. */
  gate?: Promise<void>;
}

export function createFakeGateways(prepare: (fake: FakeGateway) => void = () => {}): FakeGateways {
  const gateways: FakeGateways = {
    opened: [],
    last: () => {
      const newest = gateways.opened.at(-1);
      if (!newest) throw new Error('no gateway was opened');
      return newest.fake;
    },
    open: (settings) => {
      const fake = createFakeGateway(settings);
      prepare(fake);
      const entry = { settings, fake, released: false };
      gateways.opened.push(entry);
      return {
        gateway: (gateways.gate ?? Promise.resolve()).then(() => fake.gateway),
        release: () => {
          entry.released = true;
        },
      };
    },
  };
  return gateways;
}
