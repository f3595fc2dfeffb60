import assert from 'node:assert/strict';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Transport } from '../../../lib/transport/transport.ts';
import { clientOf } from '../support/test-client.ts';
import { aDevice, aGateway, shortly } from './a-gateway.ts';
import { type AtHome, atHome } from './at-home.ts';

describe('built-in server, resource server role', () => {
  let home: AtHome;
  /** Every token that was shown at the permission endpoint, newest last. */
  let shown: string[];

  const spoil = <World extends { transport: Transport }>(world: World): World => {
    const { transport } = world;
    const fetch: Transport['fetch'] = (url, init) => {
      const token = new Headers(init?.headers).get('authorization')?.split(' ')[1];
      if (token !== undefined && String(url).endsWith('/permission')) shown.push(token);
      return transport.fetch(url, init);
    };
    return { ...world, transport: { ...transport, fetch } };
  };

  beforeEach(async () => {
    shown = [];
    home = await atHome({ spoil });
  });
  afterEach(() => home.close());

  it('F 3.2: keeps a resource: creates it, changes it under the same id, and forgets it', async () => {
    const { resourceServer } = home.gateway.server;
    const id = await resourceServer.keep({
      key: 'lamp',
      name: 'Lamp',
      scopes: ['on'],
      type: 'https://example.org/lamp',
    });
    const same = await resourceServer.keep({ key: 'lamp', name: 'Lamp', scopes: ['on', 'off'], id });
    assert.equal(same, id);
    const listed = await home.owner.call('GET', '/api/resources');
    const lamp = listed.body.items.find((item: { id: string }) => item.id === id);
    assert.deepEqual(lamp.scopes, ['on', 'off']);
    await resourceServer.forget(id);
    await resourceServer.forget(id);
    assert.equal((await home.owner.call('GET', '/api/resources')).body.items.length, 1);
  });

  it('F 3.2: registers a resource again that the server has lost', async () => {
    const { resourceServer } = home.gateway.server;
    await resourceServer.forget(home.resource);
    const id = await resourceServer.keep({
      key: 'dishwasher',
      name: 'Dishwasher',
      scopes: ['start'],
      id: home.resource,
    });
    assert.notEqual(id, home.resource);
  });

  it('F 4.3: names what is wrong with a permission', async () => {
    const { resourceServer } = home.gateway.server;
    const unknown = resourceServer.requestTicket([{ resource: 'res_none', scopes: ['start'] }], shortly());
    await assert.rejects(unknown, { code: 'invalid_resource_id' });
    const wide = resourceServer.requestTicket([{ resource: home.resource, scopes: ['explode'] }], shortly());
    await assert.rejects(wide, { code: 'invalid_scope' });
  });

  it('F 1.3: one PAT for all that is asked at once; dropped when refused, and got again', async () => {
    const { server, key } = home.gateway;
    const ask = () => server.resourceServer.requestTicket([{ resource: home.resource, scopes: ['start'] }], shortly());
    await Promise.all(Array.from({ length: 10 }, ask));
    const [pat = ''] = shown;
    assert.deepEqual([...new Set(shown)], [pat]);
    const self = clientOf(home.issuer, server.clientId() ?? '', { alg: 'ES256', ...key });
    assert.equal((await self.authenticated('/token/revocation', { token: pat })).status, 200);
    shown.length = 0;
    const tickets = await Promise.all(Array.from({ length: 10 }, ask));
    assert.equal(new Set(tickets.map(({ ticket }) => ticket)).size, 10);
    assert.equal(new Set(shown).size, 2, 'the refused one and one new');
  });

  it('reads its RPTs: signed by the pinned keys, for this gateway, facts as the owner shared', async () => {
    const device = await aDevice(home.gateway);
    const share = await home.share(device);
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    const outcome = await home.gateway.server.client.requestRpt(device, { permissions }, shortly());
    assert.ok(outcome.kind === 'granted');
    const reading = home.gateway.server.resourceServer.rptReading;
    if (reading.kind !== 'jwt') throw new TypeError('the built-in server’s tokens are read here');
    const keys = await home.gateway.server.signingKeys();
    const { issuer, audience, algorithms } = reading;
    const { payload } = await jwtVerify(outcome.rpt, createLocalJWKSet({ keys }), { issuer, audience, algorithms });
    const { exp = 0, iat = 0 } = decodeJwt(outcome.rpt);
    const { jkt, owner, ...facts } = reading.facts(payload);
    assert.deepEqual(facts, {
      device: device.clientId,
      requestingParty: device.clientId,
      issuedAt: iat,
      expiresAt: exp,
      permissions: [{ resource: home.resource, scopes: ['start'], exp, share }],
    });
    assert.equal(owner, 'alice');
    assert.match(String(jkt), /^[\w-]{43}$/);
  });

  it('is nobody’s audience before it is registered', async () => {
    const stranger = await aGateway({ issuer: home.issuer });
    assert.throws(() => stranger.server.resourceServer.rptReading, { code: 'not_joined' });
    await assert.rejects(stranger.server.resourceServer.keep({ key: 'k', name: 'K', scopes: ['s'] }), {
      code: 'not_joined',
    });
    await stranger.close();
  });
});
