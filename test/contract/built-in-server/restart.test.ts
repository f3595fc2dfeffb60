import assert from 'node:assert/strict';
import { freePort } from '../../support/free-port.ts';
import { connectGateway, signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { clientOf, deviceGrant, registerClient, request } from '../support/test-client.ts';

describe('after a restart', () => {
  let place: ServerPlace;
  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  it('clients, keys, resources, shares, owner’s tokens are there; tickets and codes are not', async () => {
    const port = await freePort();
    const before = await place.start({ port });
    const owner = await signIn(before.issuer);
    const gateway = await connectGateway(before.issuer, owner);
    const flow = await gateway.authenticated('/device/auth', { scope: 'shares:read' });
    await owner.call('POST', `/api/codes/${flow.body.user_code}/approve`, {});
    const given = await gateway.token({ grant_type: deviceGrant, device_code: flow.body.device_code });
    const pat = await gateway.pat();
    const permission = { resource_scopes: ['start'] };
    const { _id } = (await gateway.call('POST', '/resources', pat, { name: 'dishwasher', ...permission })).body;
    const device = await registerClient(before.issuer);
    const party = { kind: 'device', id: device.clientId };
    const shared = await owner.call('POST', '/api/shares', { resource: _id, party, scopes: ['start'] });
    const ask = () => gateway.call('POST', '/permission', pat, { resource_id: _id, ...permission });
    const rpt = (await device.rpt((await ask()).body.ticket)).body.access_token;
    const { ticket } = (await ask()).body;
    const jwks = (await request(`${before.issuer}/jwks`)).body;
    await before.close();

    const after = await place.start({ port });
    assert.deepEqual((await request(`${after.issuer}/jwks`)).body, jwks, 'the same signing key');
    assert.deepEqual((await gateway.call('GET', '/resources', pat)).body, [_id], 'PAT and resource');
    const refresh = { grant_type: 'refresh_token', refresh_token: given.body.refresh_token };
    assert.equal((await gateway.token(refresh)).status, 200, 'the owner’s word');
    assert.equal((await device.rpt(ticket)).body.error, 'invalid_grant', 'the ticket is gone');
    const again = await device.rpt((await ask()).body.ticket);
    assert.equal(again.status, 200, 'device and share');
    const look = (token: string) => gateway.authenticated('/token/introspection', { token });
    assert.equal((await look(rpt)).body.active, true, 'an RPT from before');
    await (await signIn(after.issuer)).call('DELETE', `/api/shares/${shared.body.id}`);
    for (const token of [rpt, again.body.access_token]) assert.deepEqual((await look(token)).body, { active: false });
    await after.close();
  });

  it('RFC 9449 11.1: a proof from before needs a nonce of the new process', async () => {
    const port = await freePort();
    const before = await place.start({ port });
    const gateway = await connectGateway(before.issuer, await signIn(before.issuer));
    const pat = await gateway.pat();
    await before.close();
    const after = await place.start({ port });
    const fresh = clientOf(after.issuer, gateway.clientId, gateway.key);
    const reply = await fresh.call('GET', '/resources', pat, undefined, { nonce: undefined, age: 2 });
    assert.equal(reply.status, 401);
    assert.equal(reply.body.error, 'use_dpop_nonce');
    assert.match(reply.headers.get('www-authenticate') ?? '', /^DPoP error="use_dpop_nonce"/);
    const nonce = reply.headers.get('dpop-nonce') ?? undefined;
    assert.equal((await fresh.call('GET', '/resources', pat, undefined, { nonce, age: 2 })).status, 200);
    await after.close();
  });
});
