/** Which secrets a run made, by what was on the wire and what the stores hold; and where one of them shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../../../lib/store/gateway-store.ts';
import { openStore } from '../../../lib/store/open-store.ts';

export const kinds = [
  'password',
  'set-up code',
  'session cookie',
  'CSRF token',
  'registration token',
  'DPoP proof',
  'client assertion',
  'permission ticket',
  'RPT',
  'PAT',
  "owner's access token",
  "owner's refresh token",
  'device code',
  "gateway's private key",
  "device's private key",
  "server's private key",
  "server's cookie key",
  'sealing key',
] as const;
export type Kind = (typeof kinds)[number];

/** One line of the wire recorder. */
export interface Exchange {
  method: string;
  url: string;
  /** As they came: name, value, name, value. */
  headers: string[];
  body: string;
  answer: { status: number; head: string; body: string };
}

export interface Secrets {
  add(kind: Kind, secret: unknown): void;
  of(kind: Kind): string[];
  count(): Record<string, number>;
  /** The kinds that show in it: whole, in part, or in another writing. Never the secret itself. */
  shownIn(place: string | Buffer, except?: readonly Kind[]): Kind[];
}

/** Enough of a random secret to be sure that it is this one: what is cut short still shows. */
const tellingLength = 20;

/** A JWT tells its secret in its signature; its claims may be known. */
function tellingPart(secret: string): string {
  const jwtSignature = /^[\w-]+\.[\w-]+\.([\w-]{40,})$/.exec(secret)?.[1];
  return (jwtSignature ?? secret).slice(0, tellingLength);
}

/** As text, in JSON, in JSON in JSON, in an address, in a form, in base64, and where it is base64 itself, its bytes. */
function writingsOf(kind: Kind, secret: string): Buffer[] {
  const part = kind === 'password' ? secret : tellingPart(secret);
  const inJson = JSON.stringify(part).slice(1, -1);
  const texts = [part, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(part)];
  texts.push(new URLSearchParams({ a: part }).toString().slice(2));
  texts.push(Buffer.from(part).toString('base64').replace(/.?=*$/, ''));
  texts.push(Buffer.from(part).toString('base64url').slice(0, -1));
  texts.push(Buffer.from(part).toString('hex'));
  const writings = texts.map((text) => Buffer.from(text));
  if (/key$/.test(kind)) writings.push(Buffer.from(secret, 'base64url'));
  return writings;
}

export function secretsMade(): Secrets {
  const found = new Map<Kind, Map<string, Buffer[]>>(kinds.map((kind) => [kind, new Map()]));
  return {
    add(kind, secret) {
      if (typeof secret !== 'string' || secret.length < 10) return;
      const known = found.get(kind);
      if (!known?.has(secret)) known?.set(secret, writingsOf(kind, secret));
    },
    of: (kind) => [...(found.get(kind)?.keys() ?? [])],
    count: () => Object.fromEntries([...found].map(([kind, secrets]) => [kind, secrets.size])),
    shownIn(place, except = []) {
      const bytes = Buffer.from(place as string);
      const shows = (writings: Buffer[]) => writings.some((writing) => bytes.includes(writing));
      return kinds.filter(
        (kind) => !except.includes(kind) && [...(found.get(kind)?.values() ?? [])].some((one) => shows(one)),
      );
    },
  };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return /^[\w-]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : {};
  }
}

const tokenKinds: Record<string, Kind> = {
  client_credentials: 'PAT',
  'urn:ietf:params:oauth:grant-type:uma-ticket': 'RPT',
  'urn:ietf:params:oauth:grant-type:device_code': "owner's access token",
  refresh_token: "owner's access token",
};

/** By the names that the specifications give them (RFC 6749, 7523, 8628, 9449, UMA Grant) and docs/owner-api.md. */
function collectExchange(secrets: Secrets, { url, headers, body, answer }: Exchange): void {
  const [sent, got] = [fieldsOf(body), fieldsOf(answer.body)];
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = headers.slice(index, index + 2);
    if (/^dpop$/i.test(name)) secrets.add('DPoP proof', value);
    if (/^x-csrf-token$/i.test(name)) secrets.add('CSRF token', value);
  }
  for (const [, cookie] of answer.head.matchAll(/^set-cookie: uma_session=([^;\r\n]*)/gim))
    secrets.add('session cookie', cookie);
  for (const [, ticket] of answer.head.matchAll(/ticket="([^"]+)"/g)) secrets.add('permission ticket', ticket);
  secrets.add('CSRF token', got.csrfToken);
  for (const { ticket } of [sent, got]) secrets.add('permission ticket', ticket);
  for (const { device_code: code } of [sent, got]) secrets.add('device code', code);
  for (const token of [sent.refresh_token, got.refresh_token]) secrets.add("owner's refresh token", token);
  secrets.add('client assertion', sent.client_assertion);
  if (url.startsWith('/api/registration-tokens')) secrets.add('registration token', got.token);
  const kind = tokenKinds[String(sent.grant_type)];
  if (kind) secrets.add(kind, got.access_token);
}

export function collectWire(secrets: Secrets, record: string): Exchange[] {
  const exchanges = readFileSync(record, 'utf8').trim().split('\n');
  const read = exchanges.map((line) => JSON.parse(line) as Exchange);
  for (const exchange of read) collectExchange(secrets, exchange);
  return read;
}

async function sealed(dir: string, place: { keyDir: string; namespace: string }, names: string[]): Promise<unknown[]> {
  const store = await openStore({ dir, env: {}, ...place });
  const open = (name: string): Table<unknown> =>
    store.table<unknown>({ name, version: 1, sealed: true, read: (stored) => stored });
  try {
    return names.flatMap((name) => [...open(name).entries()].map(([, value]) => value));
  } finally {
    await store.close();
  }
}

/** What lies sealed in the two stores of a Node-RED that has ended. */
export async function collectStores(secrets: Secrets, uma: string, connection: string): Promise<void> {
  const gateway = (name: string) => sealed(join(uma, 'gateway'), { keyDir: uma, namespace: connection }, [name]);
  for (const jwk of (await gateway('gateway-key')) as { d?: string }[]) secrets.add("gateway's private key", jwk.d);
  for (const { jwk } of (await gateway('device-key')) as { jwk: { d?: string } }[])
    secrets.add("device's private key", jwk.d);
  for (const held of (await gateway('server-secrets')) as Record<string, Record<string, string> | undefined>[]) {
    secrets.add("owner's refresh token", held.owner?.refreshToken);
    secrets.add('device code', held.pendingCode?.deviceCode);
  }
  const server = await sealed(join(uma, 'server'), { keyDir: uma, namespace: 'main' }, ['server-keys']);
  for (const { signing, cookies } of server as { signing: { d: string }; cookies: string[] }[]) {
    secrets.add("server's private key", signing.d);
    for (const cookie of cookies) secrets.add("server's cookie key", cookie);
  }
  secrets.add('sealing key', readFileSync(join(uma, 'key'), 'utf8').trim());
}
