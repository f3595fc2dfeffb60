/** A home to test in: an owner who signed in, an approved gateway with a resource, and a device at the door. */
import type { BuiltInServerOptions, RunningServer } from '../../../lib/built-in-server/start.ts';
import { ownerName, ownerPassword, type ServerPlace, serverPlace } from './running-server.ts';
import { gatewayMetadata, post, type Reply, registerClient, request, type TestClient } from './test-client.ts';

export interface OwnerSession {
  call(method: string, path: string, body?: unknown): Promise<Reply>;
}

/** Both halves of a new session of the owner. */
export async function ownerHeaders(
  issuer: string,
  who = { name: ownerName, password: ownerPassword },
): Promise<{ cookie: string; 'x-csrf-token': string }> {
  const reply = await post(`${issuer}/api/session`, who);
  if (reply.status !== 200) throw new Error(`not signed in: ${JSON.stringify(reply.body)}`);
  return { cookie: reply.headers.get('set-cookie')?.split(';')[0] ?? '', 'x-csrf-token': reply.body.csrfToken };
}

export async function signIn(issuer: string, who?: { name: string; password: string }): Promise<OwnerSession> {
  const headers = { ...(await ownerHeaders(issuer, who)), 'content-type': 'application/json' };
  return {
    call: (method, path, body) =>
      request(issuer + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  };
}

/** A gateway's way in (RFC 8628): it shows a code, the owner approves it. */
export async function connectGateway(issuer: string, owner: OwnerSession, name = 'Node-RED'): Promise<TestClient> {
  const gateway = await registerClient(issuer, { ...gatewayMetadata, client_name: name });
  const scope = 'uma_protection shares:read shares:reduce shares:grant';
  const started = await gateway.authenticated('/device/auth', { scope });
  const approved = await owner.call('POST', `/api/codes/${started.body.user_code}/approve`, {});
  if (approved.status !== 200) throw new Error(`not approved: ${JSON.stringify([started.body, approved.body])}`);
  return gateway;
}

export interface Home {
  place: ServerPlace;
  server: RunningServer;
  issuer: string;
  owner: OwnerSession;
  gateway: TestClient;
  pat: string;
  resource: string;
  /** A new ticket for the resource. */
  ticket(scopes?: string[]): Promise<string>;
  /** Openly registered, nobody's. */
  stranger(name?: string): Promise<TestClient>;
  share(device: TestClient, more?: object): Promise<string>;
  addResource(name: string, scopes?: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openHome(options: Partial<BuiltInServerOptions> = {}): Promise<Home> {
  const place = await serverPlace();
  const server = await place.start(options);
  const { issuer } = server;
  const owner = await signIn(issuer);
  const gateway = await connectGateway(issuer, owner);
  const pat = await gateway.pat();
  const addResource = async (name: string, scopes = ['start', 'stop']) => {
    const reply = await gateway.call('POST', '/resources', pat, { name, resource_scopes: scopes });
    return reply.body._id as string;
  };
  const resource = await addResource('dishwasher');
  return {
    place,
    server,
    issuer,
    owner,
    gateway,
    pat,
    resource,
    addResource,
    async ticket(scopes = ['start']) {
      const reply = await gateway.call('POST', '/permission', pat, { resource_id: resource, resource_scopes: scopes });
      return reply.body.ticket;
    },
    stranger: (name = 'thermostat') => registerClient(issuer, { client_name: name }),
    async share(device, more = {}) {
      const party = { kind: 'device', id: device.clientId };
      const reply = await owner.call('POST', '/api/shares', { resource, party, scopes: ['start'], ...more });
      if (reply.status >= 300) throw new Error(`not shared: ${JSON.stringify(reply.body)}`);
      return reply.body.id;
    },
    async close() {
      await server.close();
      await place.remove();
    },
  };
}
