import type { Fetch, Http, UmaServerMetadata } from '../../../lib/uma/index.ts';

/** An authorization server in memory: it answers with what it was given, in that order, and keeps what it was asked. */
export interface SeenRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  /** The body as it was sent. */
  text: string;
  form: URLSearchParams;
}

type Reply = Response | Error | ((request: SeenRequest) => Response | Promise<Response>);

export interface FakeServer {
  http: Http;
  requests: SeenRequest[];
}

export function fakeServer(...replies: Reply[]): FakeServer {
  const requests: SeenRequest[] = [];
  const fetch: Fetch = async (url, { method, headers, body, redirect }) => {
    if (redirect !== 'manual') throw new Error('redirects must not be followed');
    const text = body === undefined || body === null ? '' : String(body);
    const request = { url, method, headers, text, form: new URLSearchParams(text) };
    requests.push(request);
    const reply = replies.shift();
    if (reply === undefined) throw new Error(`one request too many: ${method} ${url}`);
    if (reply instanceof Error) throw reply;
    return typeof reply === 'function' ? reply(request) : reply;
  };
  return { http: { fetch }, requests };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

export const ISSUER = 'https://as.example/home';

export const METADATA: UmaServerMetadata = {
  issuer: ISSUER,
  token_endpoint: `${ISSUER}/token`,
  introspection_endpoint: `${ISSUER}/introspect`,
  revocation_endpoint: `${ISSUER}/revoke`,
  registration_endpoint: `${ISSUER}/register`,
  device_authorization_endpoint: `${ISSUER}/device`,
  jwks_uri: `${ISSUER}/jwks`,
  permission_endpoint: `${ISSUER}/permission`,
  resource_registration_endpoint: `${ISSUER}/resources`,
};
