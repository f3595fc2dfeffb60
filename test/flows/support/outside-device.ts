/** A device outside Node-RED that an owner shares with: it asks, proves and calls, rightly and wrongly. */
import { type Agent, request } from 'node:http';
import { registerClient, type TestClient } from '../../contract/support/test-client.ts';
import { newKey, type ProofWish, proof, type TestKey } from '../../contract/support/test-key.ts';
import type { FlowHome } from './flow-home.ts';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it got
  body: any;
}

export interface Sending {
  /** Header fields exactly as sent, doubles included: name, value, name, value. */
  headers?: string[];
  body?: string;
  method?: string;
  /** Which address of this computer it comes from: tickets are limited for each. */
  from?: string;
  agent?: Agent;
  /** Gives up then, with `ABORT_ERR`. */
  withinMs?: number;
}

/** One HTTP request, with nothing added or joined. */
export function send(
  url: string,
  { headers = [], body, method = 'POST', from, agent, withinMs }: Sending = {},
): Promise<Answer> {
  const { host } = new URL(url);
  const named = headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const all = [...(named ? [] : ['Host', host]), ...headers, 'Content-Length', String(Buffer.byteLength(body ?? ''))];
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: all,
      ...(from && { localAddress: from }),
      ...(agent && { agent }),
      ...(withinMs && { signal: AbortSignal.timeout(withinMs) }),
    };
    const sent = request(url, options as object, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, `${value}`]));
        resolve({ status: response.statusCode ?? 0, headers, body: parsed(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body ?? '');
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface OutsideDevice {
  client: TestClient;
  key: TestKey;
  /** The owner shares; resolves with the share's id. */
  share(resource?: string, conditions?: object): Promise<string>;
  /** A ticket out of the resource's refusal, turned into an RPT (UMA Grant 3.2.1, 3.3.1). */
  rpt(path?: string, from?: string): Promise<string>;
  headers(rpt: string, wish?: Partial<ProofWish> & { by?: TestKey; path?: string }): Promise<string[]>;
  /** Calls with the token and a fresh proof. */
  call(rpt: string, wish?: Partial<ProofWish> & { by?: TestKey; path?: string }, sending?: Sending): Promise<Answer>;
}

export const dishwasherPath = '/dishwasher/start';

/** G 3.2.1: the ticket of a refusal. */
export async function ticketOf(home: FlowHome, path = dishwasherPath, from?: string): Promise<string> {
  const refused = await send(home.url + path, from ? { from } : {});
  const [, ticket] = /ticket="([^"]+)"/.exec(refused.headers['www-authenticate'] ?? '') ?? [];
  if (!ticket) throw new Error(`no ticket: ${refused.status} ${JSON.stringify(refused.body)}`);
  return ticket;
}

export async function outsideDevice(home: FlowHome, name: string, from?: string): Promise<OutsideDevice> {
  const key = await newKey();
  const client = await registerClient(home.issuer, { client_name: name }, key, from);
  let nonce: string | undefined;
  const device: OutsideDevice = {
    client,
    key,
    async share(resource, conditions) {
      const owner = await home.owner();
      const { status, body } = await owner('POST', '/api/shares', {
        resource: resource ?? (await home.resource('Dishwasher')),
        party: { kind: 'device', id: client.clientId },
        scopes: ['start'],
        ...(conditions && { conditions }),
      });
      // 200: it is shared already.
      if (status !== 201 && status !== 200) throw new Error(`not shared: ${JSON.stringify(body)}`);
      return body.id as string;
    },
    async rpt(path = dishwasherPath, from) {
      const reply = await client.rpt(await ticketOf(home, path, from));
      if (reply.status !== 200) throw new Error(`no RPT: ${JSON.stringify(reply.body)}`);
      return reply.body.access_token as string;
    },
    async headers(rpt, { by = key, path = dishwasherPath, ...wish } = {}) {
      const made = await proof(by, { method: 'POST', url: home.url + path, token: rpt, nonce, ...wish });
      return ['Authorization', `DPoP ${rpt}`, 'DPoP', made];
    },
    async call(rpt, wish = {}, sending = {}) {
      const once = async (): Promise<Answer> => {
        const headers = await device.headers(rpt, wish);
        const answer = await send(home.url + (wish.path ?? dishwasherPath), { headers, ...sending });
        nonce = answer.headers['dpop-nonce'] ?? nonce;
        return answer;
      };
      const first = await once();
      return first.body?.error === 'use_dpop_nonce' && !('nonce' in wish) && !('age' in wish) ? once() : first;
    },
  };
  return device;
}
