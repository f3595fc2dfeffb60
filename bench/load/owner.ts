import { posting, type Received, type Sender } from './sender.ts';

export const owner = { name: 'alice', password: 'correct horse battery' };

/** The owner, signed in by the API. */
export interface OwnerSession {
  approve(userCode: string): Promise<void>;
  resource(name: string): Promise<string>;
  share(resource: string, device: string, scopes: string[]): Promise<void>;
}

export async function signIn(sender: Sender): Promise<OwnerSession> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${sender.origin}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify(owner),
  });
  if (!response.ok) throw new Error(`not signed in: ${await response.text()}`);
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  const own = { cookie, 'x-csrf-token': csrfToken };
  const post = (status: number, path: string, body: object): Promise<Received> =>
    sender.expect(status, posting(path, body, own));
  return {
    approve: async (code) => void (await post(200, `/api/codes/${code}/approve`, {})),
    async resource(name) {
      const { body } = await sender.expect(200, { path: '/api/resources', method: 'GET', headers: own });
      const found = (body.items as { id: string; name: string }[]).find((one) => one.name === name);
      if (!found) throw new Error(`there is no resource ${name}`);
      return found.id;
    },
    async share(resource, device, scopes) {
      const party = { kind: 'device', id: device };
      await post(201, '/api/shares', { resource, party, scopes });
    },
  };
}
