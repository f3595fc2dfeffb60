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

  it('under another issuer: what was agreed is there, every token has ended, and outside devices are named', async () => {
    const before = await place.start();
    const owner = await signIn(before.issuer);
    const gateway = await connectGateway(before.issuer, owner);
    const flow = await gateway.authenticated('/device/auth', { scope: 'shares:read' });
    await owner.call('POST', `/api/codes/${flow.body.user_code}/approve`, {});
    const given = await gateway.token({ grant_type: deviceGrant, device_code: flow.body.device_code });
    const pat = await gateway.pat();
    const description = { name: 'dishwasher', resource_scopes: ['start'] };
    const { _id } = (await gateway.call('POST', '/resources', pat, description)).body;
    const device = await registerClient(before.issuer, { client_name: 'Doorbell' });
    const party = { kind: 'device', id: device.clientId };
    const { id } = (await owner.call('POST', '/api/shares', { resource: _id, party, scopes: ['start'] })).body;
    const permission = { resource_id: _id, resource_scopes: ['start'] };
    const { ticket } = (await gateway.call('POST', '/permission', pat, permission)).body;
    const rpt = (await device.rpt(ticket)).body.access_token;
    await before.close();

    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const after = await place.start({ port, issuer });
    const moved = clientOf(issuer, gateway.clientId, gateway.key);
    for (const token of [pat, given.body.access_token])
      assert.equal((await moved.call('GET', '/resources', token)).status, 401);
    assert.deepEqual((await moved.authenticated('/token/introspection', { token: rpt })).body, { active: false });
    const refresh = { grant_type: 'refresh_token', refresh_token: given.body.refresh_token };
    assert.equal((await moved.token(refresh)).status, 200, 'an owner’s word to a gateway is no client’s token');
    assert.deepEqual((await moved.call('GET', '/resources', await moved.pat())).body, [_id]);
    const again = await signIn(issuer);
    assert.equal((await again.call('GET', '/api/shares')).body.items[0].id, id);
    const [line] = (await again.call('GET', '/api/history')).body.items;
    assert.deepEqual([line.what, line.values], ['address_changed', { before: before.issuer, issuer }]);
    const told = place.lines.filter((text) => text.includes('Doorbell'));
    assert.equal(told.length, 1);
    assert.ok(told[0]?.includes(before.issuer) && told[0].includes(issuer));
    await after.close();
    await (await place.start({ port, issuer })).close();
    assert.equal(place.lines.filter((text) => text.includes('Doorbell')).length, 1, 'said once');
  });
});
