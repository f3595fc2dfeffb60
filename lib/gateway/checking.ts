/** The resource server's side of one gateway: the verdict on a message, and the answer to one that may not pass. */
import type { Clock } from '../decision/clock.ts';
import { createDecide } from '../decision/decide.ts';
import type { Decide } from '../decision/decision.ts';
import { createKeySet } from '../decision/key-set.ts';
import type { OncePort } from '../decision/last-step.ts';
import { createTokenReader } from '../decision/token-reader.ts';
import type { DeviceRegistry } from '../identity/device-registry.ts';
import type { ProofState } from '../proof/dpop-check.ts';
import { PROOF_ALGORITHMS } from '../proof/proof-form.ts';
import { createRefuse, type Refuse } from '../protecting/refusal.ts';
import type { Resources } from '../protecting/resources.ts';
import { createTicketLimiter } from '../protecting/ticket-limiter.ts';
import type { Denylist } from '../revocation/denylist.ts';
import type { BuiltInServer } from '../servers/built-in.ts';
import { say } from '../sharing/say.ts';
import type { RptReading } from '../uma/rpt.ts';

export interface CheckingParts {
  server: BuiltInServer;
  registry: Pick<DeviceRegistry, 'lookup'>;
  resources: Pick<Resources, 'gone'>;
  denylist: Pick<Denylist, 'denies'>;
  once: OncePort;
  proofState: ProofState;
  lastHeardMs(): number;
  addresses(): readonly string[];
  language(): string;
  clock: Clock;
  log(line: string): void;
}

export interface Checking {
  decide: Decide;
  refuse: Refuse;
}

export function createChecking(parts: CheckingParts): Checking {
  const { server, registry, denylist, once, proofState, lastHeardMs, addresses, clock } = parts;
  const keySet = createKeySet({ fetchJwks: async (_uri, signal) => ({ keys: await server.signingKeys(signal) }) });
  const decide = createDecide({
    reading: () => readingOf(server),
    readToken: createTokenReader({ keySet, nowMs: clock.nowMs, lastHeardMs }),
    denies: (...question) => denylist.denies(...question),
    once,
    deviceLookup: (clientId) => registry.lookup(clientId),
    serverBindsKeys: server.capabilities.bindsRpt,
    proofState,
    clock,
    lastHeardMs,
    addresses,
    faulty: (error) =>
      parts.log(`a message was refused by a fault: ${error instanceof Error ? error.name : 'unknown'}`),
  });
  return { decide, refuse: createRefusal(parts, clock.nowMs) };
}

/** Undefined until the server has registered this gateway: no token is for it before that. */
function readingOf(server: BuiltInServer): RptReading | undefined {
  return server.clientId() === undefined ? undefined : server.resourceServer.rptReading;
}

function createRefusal({ server, resources, language }: CheckingParts, nowMs: () => number): Refuse {
  return createRefuse({
    requestTicket: (permissions, signal) => server.resourceServer.requestTicket(permissions, signal),
    ticketFailed: (error, permissions) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'invalid_resource_id')) return;
      for (const { resource } of permissions) resources.gone(resource);
    },
    limiter: createTicketLimiter({ nowMs }),
    realm: 'home',
    algorithms: PROOF_ALGORITHMS,
    say: (text) => say(text, language()),
    describe: (text) => say(text),
  });
}
