/** A real server in a directory of its own, and a caller that sends exactly the headers it is told to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, type Dispatcher, request } from 'undici';
import {
  type BuiltInServerOptions,
  type RunningServer,
  startBuiltInServer,
} from '../../../lib/built-in-server/start.ts';

export const PASSWORD = 'correct horse battery';

export interface AServer extends RunningServer {
  clock: { ms: number };
  logged: string[];
  end(): Promise<void>;
}

interface AServerOptions extends Partial<BuiltInServerOptions> {
  /** Its clock goes on only where a test says so: a slow computer must not give back what a limit has taken. */
  clockStands?: boolean;
}

export async function aServer({ clockStands = false, ...options }: AServerOptions = {}): Promise<AServer> {
  const dir = await mkdtemp(join(tmpdir(), 'uma-owner-api-'));
  const clock = { ms: 0 };
  const begunMs = Date.now();
  const logged: string[] = [];
  const running = await startBuiltInServer({
    dir: join(dir, 'server'),
    keyDir: dir,
    port: 0,
    owner: { name: 'alice', password: PASSWORD },
    rateLimits: false,
    log: (line) => void logged.push(line),
    nowMs: () => (clockStands ? begunMs : Date.now()) + clock.ms,
    ...options,
  });
  const end = async () => {
    await running.close();
    await rm(dir, { recursive: true });
  };
  return { ...running, clock, logged, end };
}

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  body: any;
  text: string;
}

type Sent = { headers?: Record<string, string>; json?: unknown; form?: Record<string, string>; from?: string };

export async function call(issuer: string, method: string, path: string, sent: Sent = {}): Promise<Answered> {
  const typed = sent.json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const content =
    sent.json !== undefined ? JSON.stringify(sent.json) : sent.form && String(new URLSearchParams(sent.form));
  const dispatcher = sent.from === undefined ? undefined : new Agent({ localAddress: sent.from });
  try {
    const response = await request(issuer + path, {
      method: method as Dispatcher.HttpMethod,
      headers: { ...(content === undefined ? {} : { 'content-type': typed }), ...sent.headers },
      ...(content === undefined ? {} : { body: content }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const text = await response.body.text();
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : undefined,
      text,
    };
  } finally {
    await dispatcher?.close();
  }
}

/** Both halves of a session, and a caller that sends them. */
export interface SignedIn {
  cookie: string;
  csrf: string;
  headers: Record<string, string>;
  api(method: string, path: string, json?: unknown): Promise<Answered>;
}

export async function signIn(issuer: string, name = 'alice', password = PASSWORD): Promise<SignedIn> {
  return signedIn(issuer, await call(issuer, 'POST', '/api/session', { json: { name, password } }));
}

export function signedIn(issuer: string, answer: Answered): SignedIn {
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const csrf = String(answer.body?.csrfToken);
  const headers = { cookie, 'x-csrf-token': csrf };
  const api = (method: string, path: string, json?: unknown) => call(issuer, method, path, { headers, json });
  return { cookie, csrf, headers, api };
}
