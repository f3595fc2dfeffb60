/** A program that knows nothing of us: `openid-client`, `jose` and `fetch` against the running demo. */
import assert from 'node:assert/strict';
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { type DemoPlace, demoPlace, type RunningDemo, startDemo } from '../support/demo-home.ts';

const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';

interface Device {
  config: oidc.Configuration;
  clientId: string;
  dpop: oidc.DPoPHandle;
}

/** RFC 7591, openly: a key of its own and no more. */
async function registerOpenly(issuer: string, name: string): Promise<Device> {
  const keys = (await generateKeyPair('ES256', { extractable: true })) as {
    privateKey: CryptoKey;
    publicKey: CryptoKey;
  };
  const config = await oidc.dynamicClientRegistration(
    new URL(issuer),
    {
      client_name: name,
      grant_types: [umaGrant],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      dpop_bound_access_tokens: true,
      jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig' }] },
    },
    oidc.PrivateKeyJwt(keys.privateKey),
    { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] },
  );
  return { config, clientId: config.clientMetadata().client_id, dpop: oidc.getDPoPHandle(config, keys) };
}

/** The owner signs in by the API and keeps both halves of the session. */
async function ownerSession(demo: RunningDemo) {
  const response = await fetch(`${demo.issuer}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'demo', password: demo.password }),
  });
  assert.equal(response.status, 200);
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return async (method: string, path: string, body?: object) => {
    const headers = { cookie, 'x-csrf-token': csrfToken, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${demo.issuer}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json().catch(() => ({}))) as Record<string, unknown> };
  };
}

/** UMA Grant 3.2.1: the dishwasher's own refusal says where to ask, and with which ticket. */
async function ticketOf(demo: RunningDemo): Promise<string> {
  const refused = await fetch(`${demo.url}/dishwasher/start`, { method: 'POST' });
  assert.equal(refused.status, 401);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  assert.match(challenge, /^UMA /);
  assert.equal(/as_uri="([^"]+)"/.exec(challenge)?.[1], demo.issuer);
  return /ticket="([^"]+)"/.exec(challenge)?.[1] ?? assert.fail('a challenge without a ticket');
}

const redeem = (device: Device, ticket: string) =>
  oidc.genericGrantRequest(device.config, umaGrant, { ticket }, { DPoP: device.dpop });

const startDishwasher = (demo: RunningDemo, device: Device, rpt: string) =>
  oidc.fetchProtectedResource(
    device.config,
    rpt,
    new URL(`${demo.url}/dishwasher/start`),
    'POST',
    undefined,
    undefined,
    { DPoP: device.dpop },
  );

async function refusal(attempt: Promise<unknown>): Promise<{ status: number; body: Record<string, unknown> }> {
  const error = (await attempt.then(
    () => assert.fail('it should have been refused'),
    (cause: unknown) => cause,
  )) as { status?: number; cause?: unknown };
  return { status: error.status ?? 0, body: (error.cause ?? {}) as Record<string, unknown> };
}

describe('an outside program at the running demo', () => {
  let place: DemoPlace;
  let demo: RunningDemo;
  let resource = '';

  before(async () => {
    place = await demoPlace();
    demo = await startDemo(place);
    const { json } = await (await ownerSession(demo))('GET', '/api/resources');
    resource = (json.items as { id: string; name: string }[]).find(({ name }) => name === 'Dishwasher')?.id ?? '';
    assert.notEqual(resource, '');
  });
  after(async () => {
    await demo?.stop();
    place?.remove();
  });

  async function sharedDevice(name: string) {
    const device = await registerOpenly(demo.issuer, name);
    const owner = await ownerSession(demo);
    const shared = await owner('POST', '/api/shares', {
      resource,
      party: { kind: 'device', id: device.clientId },
      scopes: ['start'],
    });
    assert.equal(shared.status, 201);
    const { access_token: rpt } = await redeem(device, await ticketOf(demo));
    const started = await startDishwasher(demo, device, rpt);
    assert.equal(started.status, 200);
    return { device, owner, share: String(shared.json.id), rpt };
  }

  it('registers, is shared with, gets an RPT (UMA Grant 3.3.5), starts the dishwasher, and is refused once the share is withdrawn', async () => {
    const { device, owner, share, rpt } = await sharedDevice('Outside thermostat');
    const withdrawn = await owner('DELETE', `/api/shares/${share}`);
    assert.equal(withdrawn.status, 200);
    assert.deepEqual(withdrawn.json.unconfirmed, []);
    const { status } = await refusal(startDishwasher(demo, device, rpt));
    assert.equal(status, 401);
  });

  it('is refused once it gives its token back itself (RFC 7009 2.1)', async () => {
    const { device, rpt } = await sharedDevice('Outside thermostat, second');
    await oidc.tokenRevocation(device.config, rpt);
    const { status } = await refusal(startDishwasher(demo, device, rpt));
    assert.equal(status, 401);
  });

  it('UMA Grant 3.3.6: an unclaimed device gets need_info with a rotated ticket; an unregistered caller 401, and the ticket is not used up', async () => {
    const ticket = await ticketOf(demo);
    const device = await registerOpenly(demo.issuer, 'Unclaimed');
    const stranger = new oidc.Configuration(
      device.config.serverMetadata(),
      'nobody',
      undefined,
      oidc.PrivateKeyJwt((await generateKeyPair('ES256')).privateKey),
    );
    oidc.allowInsecureRequests(stranger);
    const unregistered = await refusal(redeem({ ...device, config: stranger }, ticket));
    assert.equal(unregistered.status, 401);
    assert.equal(unregistered.body.error, 'invalid_client');
    const unclaimed = await refusal(redeem(device, ticket));
    assert.equal(unclaimed.status, 403);
    assert.equal(unclaimed.body.error, 'need_info');
    assert.notEqual(unclaimed.body.ticket, ticket);
  });

  it('UMA Grant 3.3.6: an accepted device waits with request_submitted, and after the share its ticket gives an RPT', async () => {
    const device = await registerOpenly(demo.issuer, 'Accepted');
    const owner = await ownerSession(demo);
    assert.equal((await owner('POST', `/api/devices/${device.clientId}/claim`, {})).status, 200);
    const waiting = await refusal(redeem(device, await ticketOf(demo)));
    assert.equal(waiting.status, 403);
    assert.equal(waiting.body.error, 'request_submitted');
    const { json } = await owner('GET', '/api/requests');
    const request = (json.items as { id: string; device: string }[]).find((open) => open.device === device.clientId);
    assert.equal((await owner('POST', `/api/requests/${request?.id}/approve`, {})).status, 201);
    const { access_token: rpt } = await redeem(device, String(waiting.body.ticket));
    assert.equal((await startDishwasher(demo, device, rpt)).status, 200);
  });
});
