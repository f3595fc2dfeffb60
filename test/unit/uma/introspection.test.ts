import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { introspectRpt, type ProtectionApi } from '../../../lib/uma/index.ts';
import { newKeyClient, secretClient } from './fake-client.ts';
import { empty, fakeServer, json, METADATA } from './fake-server.ts';

const API: ProtectionApi = { server: METADATA, token: 'pat' };
const ACTIVE = {
  active: true,
  exp: 1256953732,
  iat: 1256912345,
  client_id: 'thermostat',
  permissions: [{ resource_id: 'r1', resource_scopes: ['view'], exp: 1256953732 }],
};
const FACTS = {
  device: 'thermostat',
  issuedAt: 1256912345,
  expiresAt: 1256953732,
  permissions: [{ resource: 'r1', scopes: ['view'], exp: 1256953732 }],
};

describe('uma: introspection', () => {
  it('F 5.1: asks with the PAT, in a form', async () => {
    const { http, requests } = fakeServer(json(200, ACTIVE));
    assert.deepEqual(await introspectRpt(API, 'rpt+/=', http), FACTS);
    const [request] = requests;
    assert.deepEqual([request?.method, request?.url], ['POST', METADATA.introspection_endpoint]);
    assert.equal(request?.headers.authorization, 'Bearer pat');
    assert.match(request?.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.deepEqual(Object.fromEntries(request?.form ?? []), { token: 'rpt+/=' });
  });

  it('RFC 7662 2.1: or as a client of its own', async () => {
    const { http, requests } = fakeServer(json(200, ACTIVE), json(200, ACTIVE));
    assert.deepEqual(await introspectRpt(secretClient(), 'rpt', http), FACTS);
    await introspectRpt(secretClient(), 'rpt', { ...http, tokenTypeHint: 'access_token' });
    assert.match(requests[0]?.headers.authorization ?? '', /^Basic /);
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), { token: 'rpt' });
    assert.equal(requests[1]?.form.get('token_type_hint'), 'access_token');
  });

  it('F 5.1: a hint goes along where it is given', async () => {
    const { http, requests } = fakeServer(json(200, ACTIVE));
    await introspectRpt(API, 'rpt', { ...http, tokenTypeHint: 'requesting_party_token' });
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), {
      token: 'rpt',
      token_type_hint: 'requesting_party_token',
    });
  });

  it('RFC 9449 9: a bound PAT is proved, and a nonce challenge answered once', async () => {
    const { dpop } = await newKeyClient('EdDSA');
    assert.ok(dpop);
    const challenge = empty(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n1' });
    const { http, requests } = fakeServer(challenge, json(200, ACTIVE));
    assert.deepEqual(await introspectRpt({ ...API, dpop }, 'rpt', http), FACTS);
    assert.equal(requests[1]?.headers.authorization, 'DPoP pat');
    assert.equal(decodeJwt(requests[1]?.headers.dpop ?? '').nonce, 'n1');
    assert.deepEqual(
      requests.map(({ form }) => form.get('token')),
      ['rpt', 'rpt'],
    );
  });

  it('RFC 7662 2.2: a token that is not active tells nothing, whatever stands beside it', async () => {
    assert.equal(await introspectRpt(API, 'rpt', fakeServer(json(200, { ...ACTIVE, active: false })).http), undefined);
  });

  it('F 5.1.1: an active token without permissions is no RPT; its scope permits nothing', async () => {
    const { permissions: _, ...rest } = ACTIVE;
    assert.equal(await introspectRpt(API, 'rpt', fakeServer(json(200, { ...rest, scope: 'view' })).http), undefined);
  });

  it('F 5.1.1: a scope beside permissions is passed over', async () => {
    assert.deepEqual(await introspectRpt(API, 'rpt', fakeServer(json(200, { ...ACTIVE, scope: 'all' })).http), FACTS);
  });

  it('RFC 7662 2.2: active is true or false, and nothing else', async () => {
    for (const active of [undefined, 'true', 1, null]) {
      await assert.rejects(introspectRpt(API, 'rpt', fakeServer(json(200, { ...ACTIVE, active })).http), {
        code: 'invalid_response',
      });
    }
    await assert.rejects(introspectRpt(API, 'rpt', fakeServer(empty(200)).http), { code: 'invalid_response' });
  });

  it('refusals have their own errors', async () => {
    await assert.rejects(introspectRpt(API, 'rpt', fakeServer(empty(401)).http), { code: 'protection_token_refused' });
    const client = secretClient();
    await assert.rejects(introspectRpt(client, 'rpt', fakeServer(json(401, { error: 'invalid_client' })).http), {
      code: 'client_refused',
    });
    await assert.rejects(introspectRpt(client, 'rpt', fakeServer(json(400, { error: 'invalid_request' })).http), {
      code: 'refused',
    });
    await assert.rejects(introspectRpt(client, 'rpt', fakeServer(empty(502)).http), { code: 'unreachable' });
  });

  it('F 2: a server without the endpoint is named', async () => {
    const { introspection_endpoint: _, ...server } = METADATA;
    await assert.rejects(introspectRpt({ ...API, server }, 'rpt', fakeServer().http), { code: 'endpoint_missing' });
    await assert.rejects(introspectRpt(secretClient(server), 'rpt', fakeServer().http), { code: 'endpoint_missing' });
  });
});
