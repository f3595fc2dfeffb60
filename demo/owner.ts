/** The owner as an outside program: nothing here but the owner API over HTTP. */

export interface Owner {
  approve(userCode: string): Promise<void>;
  get<T>(path: string): Promise<T>;
  /** Takes one share back. */
  withdraw(share: string): Promise<void>;
  endPanic(): Promise<void>;
  signOut(): Promise<void>;
}

interface Answer {
  csrfToken?: string;
  error?: string;
  error_description?: string;
}

async function refused(response: Response, what: string): Promise<Error> {
  const answer = (await response.json().catch(() => ({}))) as Answer;
  return new Error(`${what} was answered with ${response.status}: ${answer.error_description ?? 'no explanation'}.`);
}

async function openSession(issuer: string, name: string, password: string): Promise<Record<string, string>> {
  const signedIn = await fetch(`${issuer}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  if (signedIn.status === 401)
    throw new Error(
      `The owner "${name}" cannot sign in with this password. It is the one of the first start: UMA_OWNER and UMA_OWNER_PASSWORD make an owner, and never change one.`,
    );
  if (!signedIn.ok) throw await refused(signedIn, 'Signing in');
  const { csrfToken = '' } = (await signedIn.json()) as Answer;
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { cookie, 'x-csrf-token': csrfToken };
}

/** Signs in. Rejects with the server's own words when it refuses. */
export async function signIn(issuer: string, name: string, password: string): Promise<Owner> {
  const headers = await openSession(issuer, name, password);
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${issuer}${path}`, {
      method,
      headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await refused(response, `${method} ${path}`);
    return response;
  };
  return {
    approve: async (userCode) => {
      const { scopes } = (await (await send('GET', `/api/codes/${userCode}`)).json()) as { scopes: string[] };
      await send('POST', `/api/codes/${userCode}/approve`, { scopes });
    },
    get: async <T>(path: string) => (await (await send('GET', path)).json()) as T,
    withdraw: async (share) => void (await send('DELETE', `/api/shares/${share}`)),
    // Starting again is the owner's alone: the session is not enough.
    endPanic: async () => void (await send('DELETE', '/api/panic', { password })),
    signOut: async () => void (await send('DELETE', '/api/session')),
  };
}
