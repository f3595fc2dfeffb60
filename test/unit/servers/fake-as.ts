import assert from 'node:assert/strict';
import { type DeviceKey, generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { type ConnectionState, openConnectionState } from '../../../lib/servers/connection-state.ts';
import { createLink, type Link } from '../../../lib/servers/link.ts';
import type { Transport } from '../../../lib/transport/transport.ts';
import { memoryStore } from '../../support/memory-store.ts';

export interface Reply {
  status?: number;
  json?: unknown;
  headers?: Record<string, string>;
}

export interface Asked {
  path: string;
  headers: Headers;
  body: string;
}

/** A server that gives, for each of its paths, the answers a test laid out, and keeps what it was asked. */
export interface FakeAs {
  issuer: string;
  link: Link;
  state: ConnectionState;
  key: DeviceKey;
  asked: Asked[];
  answers(path: string, ...replies: Reply[]): void;
}

const issuer = 'http://127.0.0.1:1862';

const METADATA = {
  issuer,
  jwks_uri: `${issuer}/jwks`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/reg`,
  introspection_endpoint: `${issuer}/introspection`,
  revocation_endpoint: `${issuer}/revocation`,
  device_authorization_endpoint: `${issuer}/device/auth`,
  resource_registration_endpoint: `${issuer}/resources`,
  permission_endpoint: `${issuer}/permission`,
};

export async function fakeAs(metadata: object = {}): Promise<FakeAs> {
  const prepared = new Map<string, Reply[]>();
  const asked: Asked[] = [];
  const transport: Transport = {
    async fetch(url, init) {
      const path = new URL(url).pathname;
      if (path.startsWith('/.well-known/')) return Response.json({ ...METADATA, ...metadata });
      const { status = 200, json, headers = {} } = prepared.get(path)?.shift() ?? assert.fail(`no answer for ${path}`);
      asked.push({ path, headers: new Headers(init?.headers), body: String(init?.body ?? '') });
      return json === undefined ? new Response(null, { status, headers }) : Response.json(json, { status, headers });
    },
    eventStream: () => assert.fail('nothing is listened to'),
    close: async () => {},
  };
  const key = await generateDeviceKey('ES256');
  const state = openConnectionState(memoryStore(), issuer);
  const link = createLink({ issuer, state, key, transport });
  return {
    issuer,
    link,
    state,
    key,
    asked,
    answers: (path, ...replies) => void prepared.set(path, [...(prepared.get(path) ?? []), ...replies]),
  };
}

/** What a proof says (RFC 9449 4.2). */
export function proofClaims({ headers }: Asked): Record<string, unknown> {
  const [, claims = ''] = headers.get('dpop')?.split('.') ?? [];
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
