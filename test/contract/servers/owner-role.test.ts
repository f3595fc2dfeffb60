import assert from 'node:assert/strict';
import type { DeviceClient } from '../../../lib/servers/authorization-server.ts';
import { OwnerNotConnected } from '../../../lib/servers/errors.ts';
import { aDevice, shortly } from './a-gateway.ts';
import { type AtHome, eachAtHome } from './at-home.ts';

describe('built-in server, owner role', () => {
  let home: AtHome;
  let device: DeviceClient;

  eachAtHome((world) => {
    ({ home, device } = world);
  });

  const wish = () => ({
    resource: home.resource,
    party: { kind: 'device' as const, id: device.clientId },
    scopes: ['start'],
    conditions: { until: Math.floor(Date.now() / 1000) + 3600 },
  });
  const ask = () =>
    home.gateway.server.client.requestRpt(
      device,
      { permissions: [{ resource: home.resource, scopes: ['start'] }] },
      shortly(),
    );

  it('grants a share, which the device has at once, and lists it', async () => {
    const owner = await home.gateway.server.owner('alice');
    const wished = wish();
    const share = await owner.grant(wished);
    assert.equal((await ask()).kind, 'granted');
    const { id, version, owner: name, partyName, resourceName, ...rest } = share;
    assert.deepEqual(rest, wished);
    assert.deepEqual([version, name, partyName, resourceName], [1, 'alice', 'Thermostat', 'Dishwasher']);
    const { items } = await owner.shares();
    assert.deepEqual(
      items.map((item) => item.id),
      [id],
    );
  });

  it('changes a share, and the server knows it as the same one', async () => {
    const owner = await home.gateway.server.owner('alice');
    const share = await owner.grant({ ...wish(), scopes: ['start', 'stop'] });
    const changed = await owner.change(share.id, { scopes: ['stop'] });
    assert.equal(changed.id, share.id);
    assert.equal(changed.version, 2);
    assert.deepEqual(changed.scopes, ['stop']);
    assert.equal((await ask()).kind, 'pending');
  });

  it('sees who waits, approves with fewer rights, and denies', async () => {
    const owner = await home.gateway.server.owner('alice');
    await ask();
    const [request] = await owner.requests();
    assert.ok(request);
    assert.equal(request.deviceName, 'Thermostat');
    assert.equal(request.resourceName, 'Dishwasher');
    const { conditions } = wish();
    const share = await owner.approve(request.id, { conditions });
    assert.deepEqual(share.conditions, conditions);
    assert.equal((await ask()).kind, 'granted');
    const other = await aDevice(home.gateway, 'Lamp');
    const permissions = [{ resource: home.resource, scopes: ['stop'] }];
    await home.gateway.server.client.requestRpt(other, { permissions }, shortly());
    const [second] = await owner.requests();
    await owner.deny(second?.id ?? '');
    assert.deepEqual(await owner.requests(), []);
  });

  it('says in the server’s words why not', async () => {
    const owner = await home.gateway.server.owner('alice');
    await assert.rejects(owner.change('sh_none', { scopes: ['stop'] }), { code: 'not_found' });
    await assert.rejects(
      owner.grant({ ...wish(), scopes: ['explode'] }),
      (error: Error & { hint?: { values?: object } }) => {
        assert.equal('code' in error && error.code, 'refused');
        return String(error.hint?.values && 'sentence' in error.hint.values && error.hint.values.sentence).length > 10;
      },
    );
  });

  it('goes through many pages', async () => {
    const owner = await home.gateway.server.owner('alice');
    const devices = await Promise.all(
      Array.from({ length: 103 }, (_, index) => aDevice(home.gateway, `Lamp ${index}`)),
    );
    await Promise.all(devices.map((one) => home.share(one)));
    const first = await owner.shares();
    const second = await owner.shares(first.next);
    assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 103);
    assert.equal(second.next, undefined);
  });

  it('carries the link while nobody has given authority, and acts once somebody has', async () => {
    const modest = await home.another('Modest', { scopes: ['uma_protection'] });
    const failed = await modest.server.owner('alice').catch((error: unknown) => error);
    assert.ok(failed instanceof OwnerNotConnected);
    assert.equal(failed.link?.verificationUri, `${home.issuer}/device`);
    assert.equal(failed.link?.fingerprint, modest.server.keyFingerprint, 'what the page of the code shows');
    assert.deepEqual(failed.hint, { key: 'hint.owner_not_connected', values: { ...failed.link } });
    const again = await modest.server.owner('alice').catch((error: unknown) => error);
    assert.ok(again instanceof OwnerNotConnected);
    assert.equal(again.link?.userCode, failed.link?.userCode, 'one code, not one for each message');
    await home.owner.call('POST', `/api/codes/${failed.link?.userCode}/approve`, {});
    for (let role: unknown; role === undefined; ) {
      role = await modest.server
        .owner('alice')
        .catch(() => new Promise((resolve) => setTimeout(resolve, 5, undefined)));
    }
    assert.deepEqual((await (await modest.server.owner('alice')).shares()).items, []);
  });

  it('may do no more than was approved: reading is not granting', async () => {
    const scopes = ['uma_protection', 'shares:read'];
    const reader = await home.another('Reader', { scopes });
    const role = await reader.server.owner('alice');
    assert.deepEqual((await role.shares()).items, []);
    await assert.rejects(role.grant(wish()), { code: 'OwnerNotConnected' });
  });

  it('beyond what its owner limited it to says so, and asks for no code: what it may share it still may', async () => {
    const other = await home.gateway.server.resourceServer.keep({ key: 'oven', name: 'Oven', scopes: ['start'] });
    const path = `/api/gateways/${home.gateway.server.clientId()}`;
    assert.equal((await home.owner.call('PATCH', path, { resources: [home.resource] })).status, 200);
    const role = await home.gateway.server.owner('alice');
    await assert.rejects(role.grant({ ...wish(), resource: other }), { code: 'beyond_limit' });
    assert.deepEqual(home.gateway.server.join.step(), { phase: 'ready' });
    assert.equal((await role.grant(wish())).resource, home.resource);
  });

  it('forgets authority that was taken back', async () => {
    const role = await home.gateway.server.owner('alice');
    await home.owner.call('POST', '/api/panic', {});
    await assert.rejects(role.shares(), { code: 'OwnerNotConnected' });
    await assert.rejects(home.gateway.server.owner('alice'), { code: 'OwnerNotConnected' });
  });
});
