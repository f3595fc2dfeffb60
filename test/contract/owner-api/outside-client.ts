/** A gateway and a device as an outside program writes them, with `jose` alone. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Answered, call, type SignedIn } from './a-server.ts';

export interface OutsideClient {
  clientId: string;
  token(form: Record<string, string>): Promise<Answered>;
  deviceAuthorization(scope: string): Promise<Answered>;
  /** Calls with a token of this client and a proof by its key. */
  api(token: string, method: string, path: string, json?: unknown): Promise<Answered>;
  headers(token: string, method: string, path: string): Promise<Record<string, string>>;
}

interface Keys {
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

export function register(issuer: string, keys: Keys, metadata: object, headers = {}): Promise<Answered> {
  return call(issuer, 'POST', '/reg', { headers, json: { jwks: { keys: [keys.jwk] }, ...metadata } });
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function outsideClient(issuer: string, clientId: string, { privateKey, jwk }: Keys): OutsideClient {
  let nonce: string | undefined;
  /** RFC 9449 8: one challenge is answered, with a new proof. */
  const answering = async (send: () => Promise<Answered>) => {
    const first = await send();
    nonce = String(first.headers['dpop-nonce'] ?? nonce ?? '') || undefined;
    const challenged = /use_dpop_nonce/.test(first.text + String(first.headers['www-authenticate']));
    return challenged ? send() : first;
  };
  const proof = (method: string, path: string, token?: string) =>
    new SignJWT({
      htm: method,
      ...(nonce === undefined ? {} : { nonce }),
      htu: issuer + path,
      ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .setJti(randomUUID())
      .sign(privateKey);
  const assertion = () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
    const who = { client_id: clientId, client_assertion_type: assertionType, client_assertion: await assertion() };
    const answer = await call(issuer, 'POST', path, { form: { ...form, ...who }, headers });
    return answer;
  };
  const headers = async (token: string, method: string, path: string) => {
    return { authorization: `DPoP ${token}`, dpop: await proof(method, path.split('?')[0] ?? '', token) };
  };
  return {
    clientId,
    headers,
    token: (form) => answering(async () => post('/token', form, { dpop: await proof('POST', '/token') })),
    deviceAuthorization: (scope) => post('/device/auth', { scope }),
    api: (token, method, path, json) =>
      answering(async () => call(issuer, method, path, { headers: await headers(token, method, path), json })),
  };
}

const GATEWAY = {
  client_name: 'Node-RED',
  grant_types: ['client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
};

/** A gateway with a registration token of the owner's. */
export async function aGateway(issuer: string, owner: SignedIn): Promise<OutsideClient & { pat: string }> {
  const made = await owner.api('POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 60 });
  const keys = await newKeys();
  const registered = await register(issuer, keys, GATEWAY, { authorization: `Bearer ${made.body.token}` });
  assert.equal(registered.status, 201, registered.text);
  const client = outsideClient(issuer, registered.body.client_id, keys);
  const granted = await client.token({ grant_type: 'client_credentials', scope: 'uma_protection' });
  assert.equal(granted.status, 200, granted.text);
  return { ...client, pat: granted.body.access_token };
}

/** A gateway that registered openly and waits with a code; `poll` asks for the owner's token. */
export function aWaitingGateway(issuer: string, scope: string) {
  return aWaitingClient(issuer, GATEWAY, scope);
}

/** A device that asks who its owner is. */
export function aWaitingDevice(issuer: string, name = 'Thermostat') {
  return aWaitingClient(issuer, { client_name: name }, 'device:claim');
}

async function aWaitingClient(issuer: string, metadata: object, scope: string) {
  const keys = await newKeys();
  const registered = await register(issuer, keys, metadata);
  assert.equal(registered.status, 201, registered.text);
  const client = outsideClient(issuer, registered.body.client_id, keys);
  const start = async () => {
    const started = await client.deviceAuthorization(scope);
    assert.equal(started.status, 200, started.text);
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
    const poll = () => client.token({ grant_type: grantType, device_code: started.body.device_code });
    return { ...client, keys, userCode: String(started.body.user_code), poll };
  };
  return { ...(await start()), startAgain: start };
}

export async function aDevice(issuer: string, name = 'Thermostat'): Promise<string> {
  const registered = await register(issuer, await newKeys(), { client_name: name });
  assert.equal(registered.status, 201, registered.text);
  return registered.body.client_id;
}

export async function aResource(gateway: OutsideClient & { pat: string }, name = 'Dishwasher'): Promise<string> {
  const description = { name, resource_scopes: ['start', 'stop'] };
  const made = await gateway.api(gateway.pat, 'POST', '/resources', description);
  assert.equal(made.status, 201, made.text);
  return made.body._id;
}

/** A device that asks as UMA Grant 3.3.1 says, with a ticket its gateway got. */
export async function askingDevice(issuer: string, gateway: OutsideClient & { pat: string }, name: string) {
  const keys = await newKeys();
  const registered = await register(issuer, keys, { client_name: name });
  const client = outsideClient(issuer, registered.body.client_id, keys);
  const ask = async (resource: string) => {
    const wanted = { resource_id: resource, resource_scopes: ['start'] };
    const { ticket } = (await gateway.api(gateway.pat, 'POST', '/permission', wanted)).body;
    return client.token({ grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', ticket });
  };
  return { id: client.clientId, ask };
}
