import assert from 'node:assert/strict';
import { UnsecuredJWT } from 'jose';
import { type RptOutcome, requestRpt } from '../../../lib/uma/index.ts';
import { secretClient } from './fake-client.ts';
import { empty, fakeServer, json } from './fake-server.ts';

/** What the client makes of an answer to the ticket `t1`. */
function outcome(reply: Response): Promise<RptOutcome> {
  return requestRpt(secretClient(), { ticket: 't1' }, fakeServer(reply).http);
}

async function rejects(reply: Response, code: string): Promise<void> {
  await assert.rejects(outcome(reply), { code });
}

const GRANTED = { access_token: 'rpt', token_type: 'Bearer' };

describe('uma: an RPT is granted', () => {
  it('G 3.3.5: with no more than a token and its type', async () => {
    const expected = { kind: 'granted', rpt: 'rpt', tokenType: 'Bearer', upgraded: false };
    assert.deepEqual(await outcome(json(200, GRANTED)), expected);
  });

  it('G 3.3.5: with PCT, upgrade, refresh token and end; a scope and unknown members are passed over', async () => {
    const reply = {
      ...GRANTED,
      pct: 'p',
      upgraded: true,
      refresh_token: 'r',
      expires_in: 300,
      scope: 'all',
      'not-before-policy': 0,
    };
    assert.deepEqual(await outcome(json(200, reply)), {
      kind: 'granted',
      rpt: 'rpt',
      tokenType: 'Bearer',
      expiresInSeconds: 300,
      refreshToken: 'r',
      pct: 'p',
      upgraded: true,
    });
  });

  it('G 3.3.5: anything but true is no upgrade', async () => {
    for (const upgraded of [false, 'true', 1, null]) {
      const granted = await outcome(json(200, { ...GRANTED, upgraded }));
      assert.equal(granted.kind === 'granted' && granted.upgraded, false);
    }
  });

  it('RFC 6749 5.1: the type is read in any case; one that we cannot use is refused', async () => {
    const dpop = await outcome(json(200, { ...GRANTED, token_type: 'dpop' }));
    assert.equal(dpop.kind === 'granted' && dpop.tokenType, 'DPoP');
    for (const token_type of ['mac', '', undefined, 7])
      await rejects(json(200, { ...GRANTED, token_type }), 'invalid_response');
  });

  it('RFC 6749 5.1: the life is a number of seconds; a string of digits is understood', async () => {
    const granted = await outcome(json(200, { ...GRANTED, expires_in: '60' }));
    assert.equal(granted.kind === 'granted' && granted.expiresInSeconds, 60);
    for (const expires_in of [-1, 'soon', '', null, true, [], 1e300]) {
      await rejects(json(200, { ...GRANTED, expires_in }), 'invalid_response');
    }
  });

  it('RFC 6749 A.12: tokens are strings of visible characters', async () => {
    for (const wrong of [
      { access_token: '' },
      { access_token: undefined },
      { refresh_token: 7 },
      { access_token: 'a\nb' },
      { access_token: 'ü' },
      { pct: '' },
      { pct: {} },
    ]) {
      await rejects(json(200, { ...GRANTED, ...wrong }), 'invalid_response');
    }
  });

  it('an answer of success without a token is none', async () => {
    await rejects(json(200, { error: 'server_error' }), 'invalid_response');
    await rejects(json(200, [GRANTED]), 'invalid_response');
    await rejects(new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'invalid_response');
    await rejects(empty(204), 'invalid_response');
    await rejects(empty(302, { location: 'https://as.example/login' }), 'invalid_response');
  });

  it('G 3.3.4: tells the permissions where the answer has them, or else where the RPT is a JWT that has them', async () => {
    const listed = [{ resource_id: 'dishwasher', resource_scopes: ['start'], exp: 9_999_999_999, share: 's1' }];
    const expected = [{ resource: 'dishwasher', scopes: ['start'], exp: 9_999_999_999, share: 's1' }];
    const jwt = new UnsecuredJWT({ permissions: listed }).encode();
    for (const reply of [
      { ...GRANTED, permissions: listed },
      { ...GRANTED, access_token: jwt },
    ]) {
      const granted = await outcome(json(200, reply));
      assert.deepEqual(granted.kind === 'granted' && granted.permissions, expected);
    }
  });

  it('G 1.1: an RPT is opaque to the client: one that cannot be read is none the worse', async () => {
    for (const access_token of ['opaque', 'a.b.c', new UnsecuredJWT({ permissions: 'all' }).encode()]) {
      const granted = await outcome(json(200, { ...GRANTED, access_token }));
      assert.equal(granted.kind === 'granted' && granted.permissions, undefined);
    }
  });
});

describe('uma: an RPT has to wait', () => {
  it('G 3.3.6: request_submitted comes with a new ticket and the least wait', async () => {
    const reply = json(403, { error: 'request_submitted', ticket: 't2', interval: 5 });
    assert.deepEqual(await outcome(reply), { kind: 'pending', ticket: 't2', retryAfterMs: 5000 });
  });

  it('the ticket and the wait may be missing, and a wait that is none is passed over', async () => {
    assert.deepEqual(await outcome(json(403, { error: 'request_submitted' })), { kind: 'pending' });
    const reply = json(403, { error: 'request_submitted', ticket: 't2', interval: -5 });
    assert.deepEqual(await outcome(reply), { kind: 'pending', ticket: 't2' });
    const century = await outcome(json(403, { error: 'request_submitted', interval: 3e9 }));
    assert.deepEqual(century, { kind: 'pending', retryAfterMs: 86_400_000 });
  });

  it('access_denied that is described as request_submitted is one', async () => {
    const reply = json(403, { error: 'access_denied', error_description: 'request_submitted' });
    assert.deepEqual(await outcome(reply), { kind: 'pending' });
  });

  it('G 5.5: the ticket must have changed', async () => {
    await rejects(json(403, { error: 'request_submitted', ticket: 't1' }), 'invalid_response');
    await rejects(json(403, { error: 'request_submitted', ticket: '' }), 'invalid_response');
    await rejects(json(403, { error: 'request_submitted', ticket: 7 }), 'invalid_response');
  });
});

describe('uma: the server wants to know more', () => {
  const claim = {
    claim_token_format: ['http://openid.net/specs/openid-connect-core-1_0.html#IDToken'],
    claim_type: 'urn:oid:0.9.2342.19200300.100.1.3',
    friendly_name: 'email',
    issuer: ['https://example.com/idp'],
    name: 'email23423453ou453',
  };
  const requiredClaims = [
    {
      name: 'email23423453ou453',
      friendlyName: 'email',
      claimType: 'urn:oid:0.9.2342.19200300.100.1.3',
      claimTokenFormats: ['http://openid.net/specs/openid-connect-core-1_0.html#IDToken'],
      issuers: ['https://example.com/idp'],
    },
  ];
  const redirect_user = 'https://as.example/claims?id=2346576421';

  it('G 3.3.6: need_info with claims to push', async () => {
    const reply = json(403, { error: 'need_info', ticket: 't2', required_claims: [claim] });
    assert.deepEqual(await outcome(reply), { kind: 'needs-info', ticket: 't2', requiredClaims });
  });

  it('G 3.3.6: need_info with a page for the requesting party, or with both', async () => {
    const page = json(403, { error: 'need_info', ticket: 't2', redirect_user });
    assert.deepEqual(await outcome(page), {
      kind: 'needs-info',
      ticket: 't2',
      requiredClaims: [],
      redirectUser: redirect_user,
    });
    const both = json(403, { error: 'need_info', ticket: 't2', redirect_user, required_claims: [claim] });
    assert.deepEqual(await outcome(both), {
      kind: 'needs-info',
      ticket: 't2',
      requiredClaims,
      redirectUser: redirect_user,
    });
  });

  it('G 3.3.6: a 403 with a ticket and required_claims is need_info, also without an error', async () => {
    const reply = json(403, { ticket: 't2', required_claims: [claim] });
    assert.deepEqual(await outcome(reply), { kind: 'needs-info', ticket: 't2', requiredClaims });
  });

  it('G 3.3.6: every member of a claim is optional; a single string stands for an array', async () => {
    const required_claims = [{}, { issuer: 'https://idp', claim_token_format: 'jwt', name: 7 }];
    const info = await outcome(json(403, { error: 'need_info', ticket: 't2', required_claims }));
    assert.deepEqual(info.kind === 'needs-info' && info.requiredClaims, [
      { claimTokenFormats: [], issuers: [] },
      { claimTokenFormats: ['jwt'], issuers: ['https://idp'] },
    ]);
  });

  it('G 5.5: the ticket must have changed', async () => {
    await rejects(json(403, { error: 'need_info', ticket: 't1', redirect_user }), 'invalid_response');
    await rejects(json(403, { error: 'need_info', ticket: null, redirect_user }), 'invalid_response');
  });

  it('a person is sent to web pages only', async () => {
    for (const page of ['javascript:alert(1)', 'data:text/html,x', '/claims', '', 7]) {
      await rejects(json(403, { error: 'need_info', ticket: 't2', redirect_user: page }), 'invalid_response');
    }
  });

  it('claims that are no array of objects are refused', async () => {
    for (const required_claims of ['email', ['email'], [null], {}]) {
      await rejects(json(403, { error: 'need_info', ticket: 't2', required_claims }), 'invalid_response');
    }
  });
});

describe('uma: an RPT is denied', () => {
  it('G 3.3.6: request_denied, whatever stands beside it', async () => {
    assert.deepEqual(await outcome(json(403, { error: 'request_denied' })), {
      kind: 'denied',
      error: 'request_denied',
    });
    const chatty = json(403, { error: 'request_denied', ticket: 't2', required_claims: [] });
    assert.deepEqual(await outcome(chatty), { kind: 'denied', error: 'request_denied' });
  });

  it('any other 403 is a denial, by the name the server gives it', async () => {
    const replies: [object, string][] = [
      [{ error: 'access_denied', error_description: 'not_authorized' }, 'access_denied'],
      [{ error: 'forbidden_by_policy' }, 'forbidden_by_policy'],
      [{ error: 'need_info', requesting_party_claims: [] }, 'need_info'],
      [{ error: 'need_info', ticket: 't2' }, 'need_info'],
      [{ error: 'need_info', required_claims: [] }, 'need_info'],
      [{ message: 'no' }, 'access_denied'],
    ];
    for (const [reply, error] of replies) {
      assert.deepEqual(await outcome(json(403, reply)), { kind: 'denied', error });
    }
  });

  it('a 403 that is not JSON comes from something in between, and decides nothing', async () => {
    await rejects(
      new Response('<html>', { status: 403, headers: { 'content-type': 'text/html' } }),
      'invalid_response',
    );
  });
});

describe('uma: a request for an RPT is refused', () => {
  const refusals: [string, number, object, string][] = [
    ['G 3.3.6: invalid_grant: the ticket is not valid any more', 400, { error: 'invalid_grant' }, 'invalid_ticket'],
    ['UMA 1.0 named that invalid_ticket', 403, { error: 'invalid_ticket' }, 'invalid_ticket'],
    ['UMA 1.0 named that expired_ticket', 400, { error: 'expired_ticket' }, 'invalid_ticket'],
    ['G 3.3.6: invalid_scope', 400, { error: 'invalid_scope' }, 'invalid_scope'],
    ['RFC 6749 5.2: invalid_client', 401, { error: 'invalid_client' }, 'client_refused'],
    ['RFC 6749 5.2: unauthorized_client', 400, { error: 'unauthorized_client' }, 'client_refused'],
    ['RFC 9449 5: invalid_dpop_proof', 400, { error: 'invalid_dpop_proof' }, 'proof_refused'],
    ['RFC 6749 5.2: invalid_request', 400, { error: 'invalid_request' }, 'refused'],
    ['RFC 6749 5.2: unsupported_grant_type', 400, { error: 'unsupported_grant_type' }, 'refused'],
    ['need_info is for 403', 400, { error: 'need_info', ticket: 't2', required_claims: [] }, 'refused'],
    ['an error of no known form', 400, { message: 'no' }, 'invalid_response'],
    ['a page that is not there', 404, {}, 'invalid_response'],
  ];
  for (const [title, status, body, code] of refusals) {
    it(title, () => rejects(json(status, body), code));
  }

  it('RFC 6749 5.2: invalid_client may come with a challenge, which is no obstacle', async () => {
    await rejects(json(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="as"' }), 'client_refused');
  });
});
