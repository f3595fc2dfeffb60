import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import {
  createResource,
  deleteResource,
  InvalidArgumentError,
  listResources,
  type ProtectionApi,
  readResource,
  updateResource,
} from '../../../lib/uma/index.ts';
import { newKeyClient } from './fake-client.ts';
import { empty, fakeServer, json, METADATA } from './fake-server.ts';

const API: ProtectionApi = { server: METADATA, token: 'pat' };
const RESOURCES = METADATA.resource_registration_endpoint;
const DISHWASHER = {
  scopes: ['start'],
  name: 'Dishwasher',
  description: 'In the kitchen',
  type: 'urn:x',
  iconUri: 'https://i',
};
const WIRE = {
  resource_scopes: ['start'],
  name: 'Dishwasher',
  description: 'In the kitchen',
  type: 'urn:x',
  icon_uri: 'https://i',
};

async function boundApi(): Promise<ProtectionApi> {
  const { dpop } = await newKeyClient();
  assert.ok(dpop);
  return { ...API, dpop };
}

describe('uma: registering resources', () => {
  it('F 3.2.1: creates by POST with the PAT, and returns _id and the page for the owner', async () => {
    const reply = json(
      201,
      { _id: 'r1', user_access_policy_uri: 'https://as.example/r1/policy' },
      { location: '/rreg/r1' },
    );
    const { http, requests } = fakeServer(reply);
    assert.deepEqual(await createResource(API, DISHWASHER, http), {
      id: 'r1',
      userAccessPolicyUri: 'https://as.example/r1/policy',
    });
    const [request] = requests;
    assert.deepEqual([request?.method, request?.url], ['POST', RESOURCES]);
    assert.equal(request?.headers.authorization, 'Bearer pat');
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(request?.text ?? ''), WIRE);
  });

  it('F 3.1: only the scopes are required', async () => {
    const { http, requests } = fakeServer(json(201, { _id: 'r1' }));
    await createResource(API, { scopes: ['start'] }, http);
    assert.deepEqual(JSON.parse(requests[0]?.text ?? ''), { resource_scopes: ['start'] });
  });

  it('F 3.2.1: anything but 201 with an _id is no registration', async () => {
    for (const reply of [
      json(201, {}),
      json(201, { _id: 7 }),
      json(201, []),
      empty(201),
      json(200, { _id: 'r1' }),
      empty(302),
    ]) {
      await assert.rejects(createResource(API, DISHWASHER, fakeServer(reply).http), { code: 'invalid_response' });
    }
  });

  it('F 3.2: a policy page that is no web page is left out: a person would be sent there', async () => {
    for (const user_access_policy_uri of ['javascript:alert(1)', '/policy', 7]) {
      const { http } = fakeServer(json(201, { _id: 'r1', user_access_policy_uri }));
      assert.deepEqual(await createResource(API, DISHWASHER, http), { id: 'r1' });
    }
  });

  it('F 3.2.2: reads by GET what was registered', async () => {
    const { http, requests } = fakeServer(
      json(200, { _id: 'r1', ...WIRE, unknown: 1 }),
      json(200, { _id: 'r2', resource_scopes: [] }),
    );
    assert.deepEqual(await readResource(API, 'r1', http), { id: 'r1', ...DISHWASHER });
    assert.deepEqual(await readResource(API, 'r2', http), { id: 'r2', scopes: [] });
    assert.deepEqual(
      requests.map(({ method, url, text }) => [method, url, text]),
      [
        ['GET', `${RESOURCES}/r1`, ''],
        ['GET', `${RESOURCES}/r2`, ''],
      ],
    );
  });

  it('F 3.1: a description without scopes is none', async () => {
    for (const resource_scopes of [undefined, 'start', [{ name: 'start' }]]) {
      const { http } = fakeServer(json(200, { _id: 'r1', resource_scopes }));
      await assert.rejects(readResource(API, 'r1', http), { code: 'invalid_response' });
    }
  });

  it('F 3.2.3: updates by PUT of the whole description; 200, or 204 as some servers answer', async () => {
    const { http, requests } = fakeServer(json(200, { _id: 'r1' }), empty(204));
    assert.deepEqual(await updateResource(API, 'r1', DISHWASHER, http), { id: 'r1' });
    assert.deepEqual(await updateResource(API, 'r1', DISHWASHER, http), { id: 'r1' });
    assert.deepEqual([requests[0]?.method, requests[0]?.url], ['PUT', `${RESOURCES}/r1`]);
    assert.deepEqual(JSON.parse(requests[0]?.text ?? ''), WIRE);
    await assert.rejects(updateResource(API, 'r1', DISHWASHER, fakeServer(json(200, {})).http), {
      code: 'invalid_response',
    });
    await assert.rejects(updateResource(API, 'r1', DISHWASHER, fakeServer(empty(404)).http), {
      code: 'resource_not_found',
    });
  });

  it('F 3.2.4: deletes by DELETE; 200 and 204 are both a success', async () => {
    const { http, requests } = fakeServer(empty(200), empty(204));
    await deleteResource(API, 'r1', http);
    await deleteResource(API, 'r1', http);
    assert.deepEqual([requests[0]?.method, requests[0]?.url], ['DELETE', `${RESOURCES}/r1`]);
    await assert.rejects(deleteResource(API, 'r1', fakeServer(empty(202)).http), { code: 'invalid_response' });
  });

  it('F 3.2.5: lists ids', async () => {
    const { http, requests } = fakeServer(json(200, ['r1', 'r2']), json(200, []));
    assert.deepEqual(await listResources(API, http), ['r1', 'r2']);
    assert.deepEqual(await listResources(API, http), []);
    assert.deepEqual([requests[0]?.method, requests[0]?.url], ['GET', RESOURCES]);
    for (const list of [{}, [{ _id: 'r1' }], null]) {
      await assert.rejects(listResources(API, fakeServer(json(200, list)).http), { code: 'invalid_response' });
    }
    await assert.rejects(listResources(API, fakeServer(empty(405)).http), { code: 'registration_refused' });
  });

  it('F 3.2: an id is one segment of the path, whatever it holds', async () => {
    const { http, requests } = fakeServer(empty(204), empty(204));
    await deleteResource(API, '../token?x#y/%2e', http);
    const slashed = { ...API, server: { ...METADATA, resource_registration_endpoint: `${RESOURCES}/` } };
    await deleteResource(slashed, 'r1', http);
    assert.deepEqual(
      requests.map(({ url }) => url),
      [`${RESOURCES}/..%2Ftoken%3Fx%23y%2F%252e`, `${RESOURCES}/r1`],
    );
    for (const id of ['', '.', '..'])
      await assert.rejects(deleteResource(API, id, fakeServer().http), InvalidArgumentError);
  });

  it('F 3.2: 404 is "no such resource"; 400, 405, 409 and 412 are refusals, by the name the server gives them', async () => {
    await assert.rejects(readResource(API, 'r1', fakeServer(json(404, { error: 'not_found' })).http), {
      code: 'resource_not_found',
    });
    for (const [status, error] of [
      [400, 'invalid_request'],
      [405, 'unsupported_method_type'],
      [409, 'conflict'],
      [412, 'precondition_failed'],
    ] as const) {
      await assert.rejects(createResource(API, DISHWASHER, fakeServer(json(status, { error })).http), {
        code: 'registration_refused',
        response: { status, error },
      });
    }
  });

  it('F 2: a server without the endpoint is named', async () => {
    const { resource_registration_endpoint: _, ...server } = METADATA;
    await assert.rejects(listResources({ ...API, server }, fakeServer().http), { code: 'endpoint_missing' });
  });
});

describe('uma: the authority of the protection API', () => {
  it('RFC 6750 3.1: a refused PAT has its own error, by status or by challenge', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="as", error="invalid_token"' };
    for (const reply of [
      empty(401, challenge),
      json(401, { error: 'invalid_token' }),
      json(403, { error: 'invalid_bearer_token' }),
    ]) {
      await assert.rejects(listResources(API, fakeServer(reply).http), { code: 'protection_token_refused' });
    }
    await assert.rejects(listResources(API, fakeServer(empty(401, challenge)).http), {
      response: { status: 401, error: 'invalid_token' },
    });
    await assert.rejects(listResources(API, fakeServer(empty(401, { 'www-authenticate': 'Bearer "' })).http), {
      response: { status: 401 },
    });
  });

  it('RFC 9449 7: a bound PAT is sent with a proof of its key for this method, URL and token', async () => {
    const { http, requests } = fakeServer(json(200, []));
    await listResources(await boundApi(), http);
    const proof = decodeJwt(requests[0]?.headers.dpop ?? '');
    assert.equal(requests[0]?.headers.authorization, 'DPoP pat');
    assert.deepEqual([proof.htm, proof.htu], ['GET', RESOURCES]);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('pat'));
    assert.equal(proof.ath, Buffer.from(digest).toString('base64url'));
  });

  for (const [where, reply] of [
    ['the challenge', () => empty(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n1' })],
    ['the body', () => json(401, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n1' })],
    [
      'one of several challenges',
      () =>
        empty(401, {
          'www-authenticate': 'Bearer error="invalid_token", DPoP error=use_dpop_nonce',
          'dpop-nonce': 'n1',
        }),
    ],
  ] as const) {
    it(`RFC 9449 9: a nonce asked for in ${where} is sent, once`, async () => {
      const { http, requests } = fakeServer(reply(), json(200, []));
      assert.deepEqual(await listResources(await boundApi(), http), []);
      assert.equal(decodeJwt(requests[1]?.headers.dpop ?? '').nonce, 'n1');
      const twice = fakeServer(reply(), reply());
      await assert.rejects(listResources(await boundApi(), twice.http));
      assert.equal(twice.requests.length, 2);
    });
  }

  it('RFC 9449 7.1: a refused proof is not taken for a refused PAT', async () => {
    const api = await boundApi();
    const { http } = fakeServer(empty(401, { 'www-authenticate': 'DPoP error="invalid_dpop_proof", algs="ES256"' }));
    await assert.rejects(listResources(api, http), { code: 'proof_refused' });
    const again = fakeServer(empty(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }));
    await assert.rejects(listResources(api, again.http), { code: 'proof_refused' });
  });
});
