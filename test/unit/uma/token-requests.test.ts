import assert from 'node:assert/strict';
import { refreshRpt, requestProtectionToken, revokeToken } from '../../../lib/uma/index.ts';
import { newKeyClient, secretClient } from './fake-client.ts';
import { empty, fakeServer, json, METADATA } from './fake-server.ts';

const TOKEN = { access_token: 'token', token_type: 'Bearer', expires_in: 300 };

describe('uma: the PAT', () => {
  it('F 1.3: is an access token with the scope uma_protection', async () => {
    const { http, requests } = fakeServer(json(200, TOKEN));
    const token = await requestProtectionToken(secretClient(), http);
    assert.deepEqual(token, { token: 'token', tokenType: 'Bearer', expiresInSeconds: 300 });
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), {
      grant_type: 'client_credentials',
      scope: 'uma_protection',
    });
  });

  it("a server's own parameters go along", async () => {
    const { http, requests } = fakeServer(json(200, TOKEN));
    await requestProtectionToken(secretClient(), http, { scope: 'uma_protection shares:read', audience: 'as' });
    assert.equal(requests[0]?.form.get('scope'), 'uma_protection shares:read');
    assert.equal(requests[0]?.form.get('audience'), 'as');
  });

  it('RFC 6749 5.2: refusals have their own errors', async () => {
    for (const [error, code] of [
      ['invalid_client', 'client_refused'],
      ['invalid_scope', 'invalid_scope'],
      ['invalid_request', 'refused'],
    ]) {
      await assert.rejects(requestProtectionToken(secretClient(), fakeServer(json(400, { error })).http), { code });
    }
  });

  it('RFC 9449 8: a nonce challenge is answered once', async () => {
    const { http, requests } = fakeServer(
      json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n' }),
      json(200, { ...TOKEN, token_type: 'DPoP' }),
    );
    assert.equal((await requestProtectionToken(await newKeyClient(), http)).tokenType, 'DPoP');
    assert.equal(requests.length, 2);
  });
});

describe('uma: refreshing an RPT', () => {
  it('G 3.6: uses the refresh token grant', async () => {
    const { http, requests } = fakeServer(json(200, { ...TOKEN, refresh_token: 'r2' }));
    const granted = await refreshRpt(secretClient(), 'r1', http);
    assert.deepEqual([granted.kind, granted.rpt, granted.refreshToken], ['granted', 'token', 'r2']);
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), { grant_type: 'refresh_token', refresh_token: 'r1' });
  });

  it('RFC 6749 5.2: invalid_grant means that the refresh token has ended', async () => {
    const { http } = fakeServer(json(400, { error: 'invalid_grant' }));
    await assert.rejects(refreshRpt(secretClient(), 'r1', http), { code: 'invalid_refresh_token' });
    await assert.rejects(refreshRpt(secretClient(), 'r1', fakeServer(json(403, { error: 'access_denied' })).http), {
      code: 'refused',
    });
  });
});

describe('uma: revoking a token', () => {
  it('RFC 7009 2.1: sends the token with its kind, authenticated', async () => {
    const { http, requests } = fakeServer(empty(200));
    await revokeToken(secretClient(), 'rpt', 'access_token', http);
    assert.equal(requests[0]?.url, METADATA.revocation_endpoint);
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), { token: 'rpt', token_type_hint: 'access_token' });
    assert.match(requests[0]?.headers.authorization ?? '', /^Basic /);
  });

  it('G 3.7: a PCT can be revoked, by a kind of its own', async () => {
    const { http, requests } = fakeServer(json(200, {}));
    await revokeToken(secretClient(), 'p', 'pct', http);
    assert.equal(requests[0]?.form.get('token_type_hint'), 'pct');
  });

  it('RFC 7009 2.2.1: refusals are errors, and 503 means "later"', async () => {
    const refused = async (reply: Response) =>
      revokeToken(secretClient(), 'rpt', 'access_token', fakeServer(reply).http);
    await assert.rejects(refused(json(400, { error: 'unsupported_token_type' })), { code: 'refused' });
    await assert.rejects(refused(json(401, { error: 'invalid_client' })), { code: 'client_refused' });
    await assert.rejects(refused(empty(503, { 'retry-after': '2' })), { code: 'unreachable', retryAfterMs: 2000 });
  });

  it('a server without the endpoint is named', async () => {
    const { revocation_endpoint: _, ...server } = METADATA;
    await assert.rejects(revokeToken(secretClient(server), 'rpt', 'access_token', fakeServer().http), {
      code: 'endpoint_missing',
    });
  });
});
