import { hash } from 'node:crypto';
import { type DeviceKey, generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { checkDpop, createProofState, type DpopVerdict } from '../../../lib/proof/dpop-check.ts';
import { PROOF_ALGORITHMS } from '../../../lib/proof/proof-form.ts';
import type { CallWish } from '../../../lib/requesting/call-wish.ts';
import { createRequesting, type RequestingPorts } from '../../../lib/requesting/requesting.ts';
import type { DeviceClient, RptAsk, RptOutcome } from '../../../lib/servers/authorization-server.ts';
import type { Permission } from '../../../lib/uma/permission.ts';
import { formatUmaChallenge } from '../../../lib/uma/uma-challenge.ts';

/** A server that answers as told and remembers what it was asked, and a resource that checks what it is shown. */
export const ISSUER = 'http://127.0.0.1:1862';
export const HERE = 'http://127.0.0.1:1880';
export const START = `${HERE}/dishwasher/start`;

export const CALL: CallWish = {
  device: 'thermostat',
  resource: 'dishwasher',
  scopes: ['start'],
  method: 'POST',
  url: '/dishwasher/start',
};
/** The same, where only the resource knows whom to ask. */
export const { resource: _unused, ...ASK_RESOURCE } = CALL;

export interface Seen {
  url: string;
  method: string;
  headers: Headers;
  body: string;
  token: string | undefined;
  proof: DpopVerdict | undefined;
}

export interface House {
  time: { nowMs: number };
  server: {
    /** What the server answers next; an error is thrown. The last one stays. */
    answers: (RptOutcome | Error | Promise<RptOutcome>)[];
    asked: { device: string; ask: RptAsk }[];
    tickets: Permission[][];
    ticketError?: Error;
  };
  resource: {
    seen: Seen[];
    /** Decides what a request gets; by default: 200 with a token the resource takes, else a challenge. */
    respond(seen: Seen): Response | Promise<Response>;
    refuses: Set<string>;
  };
  client: DeviceClient;
  key: DeviceKey;
  ports: RequestingPorts;
  requesting: ReturnType<typeof createRequesting>;
}

export function granted(
  house: Pick<House, 'time'>,
  rpt: string,
  more: Partial<RptOutcome & { kind: 'granted' }> = {},
): RptOutcome {
  const permissions = [{ resource: 'id-dishwasher', scopes: ['start'], share: 'share-1' }];
  return { kind: 'granted', rpt, tokenType: 'DPoP', expiresAt: house.time.nowMs / 1000 + 300, permissions, ...more };
}

export function challenge(ticket = 'ticket-of-resource', asUri = ISSUER): Response {
  const headers = { 'WWW-Authenticate': formatUmaChallenge({ realm: 'home', asUri, ticket }) };
  return new Response(null, { status: 401, headers });
}

export async function makeHouse(changes: Partial<RequestingPorts> = {}): Promise<House> {
  const key = await generateDeviceKey('ES256');
  const time = { nowMs: Math.floor(Date.now() / 1000) * 1000 };
  const client: DeviceClient = { clientId: 'client-1', ...key };
  const server: House['server'] = { answers: [], asked: [], tickets: [] };
  const resource: House['resource'] = {
    seen: [],
    refuses: new Set(),
    respond: ({ token }) =>
      token === undefined || resource.refuses.has(token) ? challenge() : new Response('started', { status: 200 }),
  };
  const proofs = createProofState({ nowMs: 0 });
  const ports: RequestingPorts = {
    issuer: ISSUER,
    client: {
      async requestRpt(device, ask) {
        server.asked.push({ device: device.clientId, ask });
        const answer = server.answers.length > 1 ? server.answers.shift() : server.answers[0];
        await new Promise(setImmediate);
        if (answer === undefined) throw new Error('the test did not say what the server answers');
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    async requestTicket(permissions) {
      server.tickets.push(permissions);
      if (server.ticketError) throw server.ticketError;
      return { ticket: `ticket-${server.tickets.length}`, asUri: ISSUER };
    },
    devices: async () => client,
    resourceId: (name) => (name === 'dishwasher' ? 'id-dishwasher' : undefined),
    addresses: () => [HERE, 'http://localhost:1880'],
    nowMs: () => time.nowMs,
    random: () => 0.5,
    async fetch(url, init) {
      const headers = new Headers(init.headers);
      const token = headers.get('authorization')?.replace(/^DPoP /, '');
      const { nonces, replay, keys, startedAtMs, mostLeewaySeconds } = proofs;
      const proof = checkDpop(headers.has('dpop') ? [headers.get('dpop') ?? ''] : [], {
        ...{ nonces, replay, keys, startedAtMs, mostLeewaySeconds },
        method: init.method ?? 'GET',
        target: url,
        accessToken: token,
        addresses: [new URL(url).origin],
        algorithms: PROOF_ALGORITHMS,
        nowMs: time.nowMs,
        leewaySeconds: 5,
        maxAgeSeconds: 60,
      });
      const body = init.body ? Buffer.from(init.body as Uint8Array).toString() : '';
      const seen = { url, method: init.method ?? 'GET', headers, body, token, proof: token ? proof : undefined };
      if (seen.proof?.ok && !seen.proof.commit()) throw new Error('a proof was used twice');
      resource.seen.push(seen);
      init.signal?.throwIfAborted();
      return resource.respond(seen);
    },
    ...changes,
  };
  return { time, server, resource, client, key, ports, requesting: createRequesting(ports) };
}

export function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

/** How often the server was asked for an RPT, and how often for a ticket. */
export function counts({ server }: House): { rpt: number; ticket: number } {
  return { rpt: server.asked.length, ticket: server.tickets.length };
}
