/** A client made of `jose` and `fetch` alone: it knows the specifications and nothing of this project. */

import { Agent, fetch as undiciFetch } from 'undici';
import { assertion, newKey, type ProofWish, proof, type TestKey } from './test-key.ts';

export const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface Reply {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON it got
  body: any;
}

export interface TestClient {
  issuer: string;
  clientId: string;
  key: TestKey;
  /** The token endpoint, authenticated and proved; a nonce that is asked for is sent (RFC 9449 8). */
  token(form: Record<string, string>, spoil?: Spoilt): Promise<Reply>;
  /** An endpoint that wants client authentication and no proof. */
  authenticated(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
  /** An endpoint of ours, with an access token and its proof (RFC 9449 7.1). */
  call(method: string, path: string, token: string, body?: unknown, spoil?: Partial<ProofWish>): Promise<Reply>;
  rpt(ticket: string, more?: Record<string, string>): Promise<Reply>;
  pat(): Promise<string>;
}

/** What to do wrong. */
export interface Spoilt extends Partial<ProofWish> {
  by?: TestKey;
  /** Sent instead of a new proof. */
  proof?: string;
  claims?: object;
  keepNonce?: boolean;
}

/** A connection of its own for each request: one that is kept would be dead after a restart on the same port. */
const connections = new Agent({ pipelining: 0 });

export async function request(url: string, init: RequestInit = {}, dispatcher = connections): Promise<Reply> {
  const dispatched = { redirect: 'manual', ...init, dispatcher } as object;
  const response = (await undiciFetch(url, dispatched)) as unknown as Response;
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  dispatcher?: Agent,
): Promise<Reply> {
  const typed = { 'content-type': 'application/json', ...headers };
  return request(url, { method: 'POST', headers: typed, body: JSON.stringify(body) }, dispatcher);
}

export function form(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return request(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
}

/**
 * Open registration (RFC 7591 3).
 * @param from - the address of this computer to come from: so many may register from one in a minute
 */
export async function registerClient(
  issuer: string,
  metadata: object = {},
  key?: TestKey,
  from?: string,
): Promise<TestClient> {
  const own = key ?? (await newKey());
  const agent = from === undefined ? undefined : new Agent({ localAddress: from });
  const body = { jwks: { keys: [own.publicJwk] }, ...metadata };
  const reply = await post(`${issuer}/reg`, body, {}, agent).finally(() => agent?.destroy());
  if (reply.status !== 201) throw new Error(`not registered: ${JSON.stringify(reply.body)}`);
  return clientOf(issuer, reply.body.client_id, own);
}

export const gatewayMetadata = { grant_types: ['client_credentials', deviceGrant, 'refresh_token'] };

export function clientOf(issuer: string, clientId: string, key: TestKey): TestClient {
  let nonce: string | undefined;
  const learn = (reply: Reply) => {
    nonce = reply.headers.get('dpop-nonce') ?? nonce;
    return reply;
  };
  const wantsNonce = (reply: Reply) => reply.body?.error === 'use_dpop_nonce';
  const once = async (fields: Record<string, string>, spoil: Spoilt) => {
    const wish = { method: 'POST', url: `${issuer}/token`, nonce, ...spoil };
    const dpop = spoil.proof ?? (await proof(spoil.by ?? key, wish));
    return learn(await form(`${issuer}/token`, await withAssertion(fields, spoil.claims), { dpop }));
  };
  const withAssertion = async (fields: Record<string, string>, claims?: object) => ({
    client_assertion_type: assertionType,
    client_assertion: await assertion(key, clientId, issuer, claims),
    ...fields,
  });
  const callOnce = async (method: string, path: string, token: string, body: unknown, spoil: Partial<ProofWish>) => {
    const dpop = await proof(key, { method, url: issuer + path.split('?')[0], token, nonce, ...spoil });
    const headers = { authorization: `DPoP ${token}`, dpop, ...contentType(body) };
    const content = body instanceof URLSearchParams ? body : JSON.stringify(body);
    return learn(await request(issuer + path, { method, headers, ...(body === undefined ? {} : { body: content }) }));
  };
  const client: TestClient = {
    issuer,
    clientId,
    key,
    async token(fields, spoil = {}) {
      const reply = await once(fields, spoil);
      return wantsNonce(reply) && !spoil.keepNonce && !spoil.proof ? once(fields, spoil) : reply;
    },
    authenticated: async (path, fields, headers) => form(issuer + path, await withAssertion(fields), headers),
    async call(method, path, token, body, spoil = {}) {
      const reply = await callOnce(method, path, token, body, spoil);
      return wantsNonce(reply) && spoil.nonce === undefined ? callOnce(method, path, token, body, spoil) : reply;
    },
    rpt: (ticket, more = {}) => client.token({ grant_type: umaGrant, ticket, ...more }),
    async pat() {
      const reply = await client.token({ grant_type: 'client_credentials', scope: 'uma_protection' });
      if (reply.status !== 200) throw new Error(`no PAT: ${JSON.stringify(reply.body)}`);
      return reply.body.access_token;
    },
  };
  return client;
}

function contentType(body: unknown): Record<string, string> {
  if (body === undefined || body instanceof URLSearchParams) return {};
  return { 'content-type': 'application/json' };
}
