import type { Half } from '../session/half.ts';

/** "No", or no answer at all. `hint` is for the person in front of it. */
export interface Refused {
  ok: false;
  /**
   * As the owner API names it; `no_connection`: nothing was read; `unheard`: what was wished may or may not have happened,
   * because no answer came.
   */
  error: string;
  hint?: string;
}

export type Answer<T> = { ok: true; value: T } | Refused;

export type Act = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The owner API (docs/owner-api.md), which is all that these pages know of the server. Nothing is ever sent twice by itself. */
export interface Api {
  get<T>(path: string): Promise<Answer<T>>;
  act<T>(method: Act, path: string, body?: object): Promise<Answer<T>>;
  /** An answer that goes on; `undefined` where there is none. */
  follow(path: string, signal: AbortSignal): Promise<Response | undefined>;
}

export interface ApiParts {
  fetch(path: string, init: RequestInit): Promise<Response>;
  half: Half;
  /** The session is over, or this browser holds only half of it. */
  lost(): void;
}

/** The server answers within a second or two; a receipt waits one second for the gateways. */
const PATIENCE_MS = 15_000;

export function createApi({ fetch, half, lost }: ApiParts): Api {
  const send = async (method: string, path: string, signal: AbortSignal, body?: object): Promise<Response> => {
    const own = half.read();
    const headers = {
      ...(own === undefined ? {} : { 'x-csrf-token': own }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(path, { method, headers, signal, ...content });
    // Whoever has signed in meanwhile, in another tab too, has not lost that.
    if (response.status === 401 && own === half.read() && (await errorOf(response.clone())) === 'sign_in_needed')
      lost();
    return response;
  };
  const ask = async <T>(method: string, path: string, unanswered: string, body?: object): Promise<Answer<T>> => {
    try {
      return await answerOf<T>(await send(method, path, AbortSignal.timeout(PATIENCE_MS), body));
    } catch {
      return { ok: false, error: unanswered };
    }
  };
  return {
    get: (path) => ask('GET', path, 'no_connection'),
    act: (method, path, body) => ask(method, path, 'unheard', body),
    async follow(path, signal) {
      const response = await send('GET', path, signal).catch(() => undefined);
      return response?.ok ? response : undefined;
    },
  };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  if (response.status === 204) return { ok: true, value: undefined as T };
  const value: unknown = await response.json();
  if (response.ok) return { ok: true, value: value as T };
  const { error, hint } = value as { error?: string; hint?: string };
  return { ok: false, error: error ?? 'unknown', ...(hint === undefined ? {} : { hint }) };
}

async function errorOf(response: Response): Promise<string | undefined> {
  const { error } = (await response.json()) as { error?: string };
  return error;
}
