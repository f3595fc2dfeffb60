import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { accessTokenHash } from '../../../lib/proof/dpop-proof.ts';
import type { DeviceClient, EndOrder, Target } from '../../../lib/servers/authorization-server.ts';
import { signIn } from '../support/home.ts';
import { aDevice, listenTo, shortly } from './a-gateway.ts';
import { type AtHome, eachAtHome } from './at-home.ts';

describe('built-in server, end', () => {
  let home: AtHome;
  let device: DeviceClient;

  eachAtHome((world) => {
    ({ home, device } = world);
  });

  const order = (target: Target): EndOrder => ({ id: randomUUID(), target, at: Math.floor(Date.now() / 1000) });
  const ask = (scopes = ['start']) =>
    home.gateway.server.client.requestRpt(device, { permissions: [{ resource: home.resource, scopes }] }, shortly());
  const ended = (share: string, scopes = ['start']) => [
    { share, device: device.clientId, resource: home.resource, scopes },
  ];

  it('ends a share: the server says when, and the device has to ask again', async () => {
    const share = await home.share(device);
    const report = await home.gateway.server.end(order({ share }));
    assert.deepEqual(report.ended, ended(share));
    assert.ok(Math.abs(report.at - Date.now() / 1000) < 5);
    assert.equal((await ask()).kind, 'pending');
  });

  it('has the same answer for the same order, and no further effect', async () => {
    const share = await home.share(device);
    const first = order({ device: device.clientId });
    const report = await home.gateway.server.end(first);
    assert.deepEqual(report.ended, ended(share));
    await home.share(device);
    assert.deepEqual(await home.gateway.server.end(first), report);
    assert.equal((await ask()).kind, 'granted');
  });

  const targets: [string, () => Target, string[]][] = [
    ['everything on a resource', () => ({ resource: home.resource }), ['start', 'stop']],
    [
      'a device with some scopes',
      () => ({ pair: { device: device.clientId, resource: home.resource, scopes: ['stop'] } }),
      ['stop'],
    ],
  ];
  for (const [what, target, scopes] of targets) {
    it(`ends ${what}`, async () => {
      const share = await home.share(device, { scopes: ['start', 'stop'] });
      const report = await home.gateway.server.end(order(target()));
      assert.deepEqual(report.ended, ended(share, scopes));
      assert.equal((await ask(['stop'])).kind, 'pending');
    });
  }

  it('RFC 7009: ends one token, named by its hash, for every gateway of its device’s owner', async () => {
    await home.share(device);
    const outcome = await ask();
    assert.ok(outcome.kind === 'granted');
    const heard = listenTo(home.gateway);
    while (heard.lastHeardMs() === 0) await heard.next('alive');
    const token = accessTokenHash(outcome.rpt);
    await home.gateway.server.end(order({ token }));
    assert.equal((await heard.next('token-revoked')).tokenHash, token);
    assert.equal((await ask()).kind, 'granted', 'the share stands');
    await heard.close();
  });

  it('names the other gateways that know, and those that have not said so', async () => {
    const barn = await home.another('Barn');
    const heard = listenTo(barn);
    while (heard.lastHeardMs() === 0) await heard.next('alive');
    const abroad = await aDevice(barn, 'Tractor');
    const share = await home.share(abroad);
    const report = await home.gateway.server.end(order({ share }));
    assert.deepEqual(
      report.gateways.map(({ id }) => id),
      [barn.server.clientId()],
    );
    assert.equal((await heard.next('share-ended')).share, share);
    await heard.close();
    const next = await home.share(abroad);
    const unheard = await home.gateway.server.end(order({ share: next }));
    assert.deepEqual(unheard.unconfirmed, [barn.server.clientId()]);
  });

  it('ends everything as the owner’s panic, which the owner can take back', async () => {
    await home.share(device);
    const report = await home.gateway.server.end(order({ everything: 'alice' }));
    assert.deepEqual(report.ended, []);
    assert.deepEqual(await ask(), { kind: 'denied' });
    const owner = await signIn(home.issuer);
    const lifted = await owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    assert.equal(lifted.status, 200);
    assert.equal((await ask()).kind, 'granted');
  });

  it('ends no share for ever when everything is stopped a second time', async () => {
    const share = await home.share(device);
    await home.gateway.server.end(order({ everything: 'alice' }));
    const again = await home.gateway.server.end(order({ everything: 'alice' }));
    assert.deepEqual(again.ended, []);
    const owner = await signIn(home.issuer);
    await owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    const { body } = await owner.call('GET', '/api/shares');
    assert.ok(body.items.some(({ id }: { id: string }) => id === share));
    assert.equal((await ask()).kind, 'granted');
  });

  it('stops nothing anew, and ends no share, when an order whose answer was lost comes again after the panic', async () => {
    const share = await home.share(device);
    const lost = order({ everything: 'alice' });
    await home.gateway.server.end(lost);
    const owner = await signIn(home.issuer);
    await owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    assert.deepEqual((await home.gateway.server.end(lost)).ended, []);
    const { body } = await owner.call('GET', '/api/shares');
    assert.ok(body.items.some(({ id }: { id: string }) => id === share));
    assert.equal((await ask()).kind, 'granted');
  });

  for (const nameKnown of [true, false]) {
    it(`ends everything of its own without the owner’s authority${nameKnown ? '' : ', nor the owner’s name'}`, async () => {
      const modest = await home.another('Modest', { scopes: ['uma_protection'] });
      const lamp = await modest.server.resourceServer.keep({ key: 'lamp', name: 'Lamp', scopes: ['start'] });
      const share = await home.share(device, { resource: lamp });
      const kept = await home.share(device);
      if (nameKnown) await modest.server.devices.standing((await aDevice(modest)).clientId);
      const everything = order({ everything: 'whoever' });
      const report = await modest.server.end(everything);
      assert.deepEqual(report.ended, [{ share, device: device.clientId, resource: lamp, scopes: ['start'] }]);
      assert.deepEqual(await modest.server.end(everything), report);
      const { body } = await home.owner.call('GET', '/api/shares');
      assert.deepEqual(
        body.items.map((item: { id: string }) => item.id),
        [kept],
      );
    });
  }
});
