import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type DeviceKey, generateDeviceKey } from '../../lib/proof/device-key.ts';
import { makeDpopProof } from '../../lib/proof/dpop-proof.ts';
import { posting, type Sender, type Sending } from './sender.ts';

const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A registered client with its key. What it makes can be sent later: making it is not what is measured. */
export interface Client {
  clientId: string;
  key: DeviceKey;
  /** A request with an access token and its proof (RFC 9449 7.1). */
  calling(method: string, path: string, token: string, body?: object): Sending;
  /** A request to an endpoint that wants client authentication (RFC 7523), at the token endpoint with a proof. */
  authenticated(path: string, form: Record<string, string>): Promise<Sending>;
  rpt(ticket: string): Promise<Sending>;
  pat(): Promise<Sending>;
  /** The nonce to put into proofs from now on. */
  learn(nonce: string | undefined): void;
  /** The same device, calling somewhere else. */
  at(origin: string): Client;
}

/** Registers openly, as a device unless told otherwise (RFC 7591 3). */
export async function registerClient(sender: Sender, metadata: object): Promise<Client> {
  const key = await generateDeviceKey('ES256');
  const registered = await sender.expect(201, posting('/reg', { jwks: { keys: [key.publicJwk] }, ...metadata }));
  return clientOf(sender.origin, registered.body.client_id, key);
}

export const gatewayMetadata = { grant_types: ['client_credentials', deviceGrant, 'refresh_token'] };

function clientOf(issuer: string, clientId: string, key: DeviceKey): Client {
  let nonce: string | undefined;
  const proof = (method: string, url: string, accessToken?: string): string =>
    makeDpopProof({ key, method, url, ...(accessToken && { accessToken }), ...(nonce && { nonce }) });
  const client: Client = {
    clientId,
    key,
    calling(method, path, token, body) {
      const headers = { authorization: `DPoP ${token}`, dpop: proof(method, issuer + path, token) };
      return body ? { ...posting(path, body, headers), method } : { path, method, headers };
    },
    async authenticated(path, form) {
      const own = { client_assertion_type: assertionType, client_assertion: await assertion(client, issuer) };
      const dpop = path === '/token' ? { dpop: proof('POST', issuer + path) } : {};
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...dpop };
      return { path, method: 'POST', headers, body: new URLSearchParams({ ...own, ...form }).toString() };
    },
    rpt: (ticket) => client.authenticated('/token', { grant_type: umaGrant, ticket }),
    pat: () => client.authenticated('/token', { grant_type: 'client_credentials', scope: 'uma_protection' }),
    learn: (next) => {
      nonce = next ?? nonce;
    },
    at: (origin) => clientOf(origin, clientId, key),
  };
  return client;
}

function assertion({ clientId, key }: Client, issuer: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now, exp: now + 300 })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(key.privateKey);
}
