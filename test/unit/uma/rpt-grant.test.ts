import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { InvalidArgumentError, InvalidTicketError, ProofRefusedError, requestRpt } from '../../../lib/uma/index.ts';
import { newKeyClient, secretClient } from './fake-client.ts';
import { fakeServer, json, METADATA } from './fake-server.ts';

const GRANTED = { access_token: 'rpt', token_type: 'Bearer' };

describe('uma: asking for an RPT', () => {
  it('G 3.3.1: sends the grant type and the ticket to the token endpoint, authenticated', async () => {
    const { http, requests } = fakeServer(json(200, GRANTED));
    await requestRpt(secretClient(), { ticket: 't 1/+' }, http);
    const [request] = requests;
    assert.equal(request?.url, METADATA.token_endpoint);
    assert.equal(request?.method, 'POST');
    assert.match(request?.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.match(request?.headers.authorization ?? '', /^Basic /);
    assert.deepEqual(Object.fromEntries(request?.form ?? []), {
      grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      ticket: 't 1/+',
    });
  });

  it('G 3.3.1: sends scopes, claim token with its format, PCT and RPT where they are given', async () => {
    const { http, requests } = fakeServer(json(200, GRANTED));
    const claimToken = { token: 'eyJ', format: 'http://openid.net/specs/openid-connect-core-1_0.html#IDToken' };
    await requestRpt(secretClient(), { ticket: 't', scopes: ['start', 'stop'], claimToken, pct: 'p', rpt: 'r' }, http);
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), {
      grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      ticket: 't',
      scope: 'start stop',
      claim_token: 'eyJ',
      claim_token_format: claimToken.format,
      pct: 'p',
      rpt: 'r',
    });
  });

  it("a server's own parameters go along, and replace none of the protocol's", async () => {
    const { http, requests } = fakeServer(json(200, GRANTED));
    await requestRpt(
      secretClient(),
      { ticket: 't', extra: { submit_request: 'false', ticket: 'x', grant_type: 'y' } },
      http,
    );
    assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), {
      grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      ticket: 't',
      submit_request: 'false',
    });
  });

  it('G 3.3.1: the ticket is required', async () => {
    await assert.rejects(requestRpt(secretClient(), { ticket: '' }, fakeServer().http), InvalidArgumentError);
  });

  it('tokens go to no server without TLS, whatever its metadata say', async () => {
    const { http, requests } = fakeServer();
    for (const token_endpoint of ['http://as.example/token', 'http://127.0.0.1/token']) {
      const client = secretClient({ ...METADATA, token_endpoint });
      await assert.rejects(requestRpt(client, { ticket: 't' }, http), { code: 'insecure_url' });
    }
    assert.equal(requests.length, 0);
  });
});

describe('uma: asking for an RPT with a key', () => {
  const challenge = () => json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n1' });

  it('RFC 9449 5: sends a proof, and says what the server says of the binding', async () => {
    const { http, requests } = fakeServer(json(200, { ...GRANTED, token_type: 'DPoP' }));
    const outcome = await requestRpt(await newKeyClient(), { ticket: 't' }, http);
    assert.ok(requests[0]?.headers.dpop);
    assert.equal(outcome.kind === 'granted' && outcome.tokenType, 'DPoP');
  });

  it('RFC 9449 8: answers a nonce challenge once, with a new proof and a new assertion', async () => {
    const { http, requests } = fakeServer(challenge(), json(200, GRANTED));
    assert.equal((await requestRpt(await newKeyClient(), { ticket: 't' }, http)).kind, 'granted');
    const [first, second] = requests.map(({ headers, form }) => ({
      proof: decodeJwt(headers.dpop ?? ''),
      assertion: decodeJwt(form.get('client_assertion') ?? ''),
      ticket: form.get('ticket'),
    }));
    assert.equal(first?.proof.nonce, undefined);
    assert.equal(second?.proof.nonce, 'n1');
    assert.notEqual(first?.proof.jti, second?.proof.jti);
    assert.notEqual(first?.assertion.jti, second?.assertion.jti);
    assert.equal(second?.ticket, 't');
  });

  it('RFC 9449 8: challenged again, gives up', async () => {
    const { http, requests } = fakeServer(challenge(), challenge());
    await assert.rejects(requestRpt(await newKeyClient(), { ticket: 't' }, http), ProofRefusedError);
    assert.equal(requests.length, 2);
  });

  it('RFC 9449 8: a challenge without a nonce is not answered', async () => {
    const { http, requests } = fakeServer(json(400, { error: 'use_dpop_nonce' }));
    await assert.rejects(requestRpt(await newKeyClient(), { ticket: 't' }, http), ProofRefusedError);
    assert.equal(requests.length, 1);
  });

  it('RFC 9449 8.2: the newest nonce of any answer is used for the next request', async () => {
    const client = await newKeyClient();
    const { http, requests } = fakeServer(json(200, GRANTED, { 'dpop-nonce': 'n2' }), json(200, GRANTED));
    await requestRpt(client, { ticket: 't1' }, http);
    await requestRpt(client, { ticket: 't2' }, http);
    assert.equal(decodeJwt(requests[1]?.headers.dpop ?? '').nonce, 'n2');
  });

  it('a client without a key does not answer the challenge', async () => {
    const { http, requests } = fakeServer(challenge());
    await assert.rejects(requestRpt(secretClient(), { ticket: 't' }, http), ProofRefusedError);
    assert.equal(requests.length, 1);
  });

  it('other refusals beside a new nonce are not tried again', async () => {
    const { http, requests } = fakeServer(json(400, { error: 'invalid_grant' }, { 'dpop-nonce': 'n1' }));
    await assert.rejects(requestRpt(await newKeyClient(), { ticket: 't' }, http), InvalidTicketError);
    assert.equal(requests.length, 1);
  });
});
