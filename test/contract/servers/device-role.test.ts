import assert from 'node:assert/strict';
import { calculateJwkThumbprint } from 'jose';
import { generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { makeKeyContinuity } from '../../../lib/proof/key-continuity.ts';
import { signIn } from '../support/home.ts';
import { aDevice, listenTo, shortly } from './a-gateway.ts';
import { type AtHome, atHome } from './at-home.ts';

describe('built-in server, device role', () => {
  let home: AtHome;

  beforeEach(async () => {
    home = await atHome();
  });
  afterEach(() => home.close());

  const register = async (name = 'Thermostat') => {
    const key = await generateDeviceKey('EdDSA');
    const device = { name, jwk: { ...key.publicJwk } };
    return { device, clientId: (await home.gateway.server.devices.register(device)).clientId };
  };

  it('RFC 7591: a device belongs to the gateway’s owner at once; its key is the gateway’s to keep', async () => {
    const { clientId, device } = await register();
    assert.deepEqual(await home.gateway.server.devices.standing(clientId), {
      clientId,
      name: 'Thermostat',
      state: 'active',
      owner: 'alice',
      assurance: 'gateway',
      keyThumbprint: await calculateJwkThumbprint(device.jwk),
    });
  });

  it('the same key registered again is the same device', async () => {
    const { device, clientId } = await register();
    assert.deepEqual(await home.gateway.server.devices.register(device), { clientId });
  });

  it('stopping needs no authority; starting needs the owner’s', async () => {
    const { devices } = home.gateway.server;
    const { clientId } = await register();
    await devices.setState(clientId, 'quarantined');
    assert.equal((await devices.standing(clientId)).state, 'quarantined');
    await devices.setState(clientId, 'active');
    assert.equal((await devices.standing(clientId)).state, 'active');
    const modest = await home.another('Modest', { scopes: ['uma_protection'] });
    const key = await generateDeviceKey('ES256');
    const own = await modest.server.devices.register({ name: 'Lamp', jwk: { ...key.publicJwk } });
    await modest.server.devices.setState(own.clientId, 'quarantined');
    await assert.rejects(modest.server.devices.setState(own.clientId, 'active'), (error: Error & { link?: object }) => {
      assert.equal('code' in error && error.code, 'OwnerNotConnected');
      return /^[A-Z]{4}-[A-Z]{4}$/.test(String(error.link && 'userCode' in error.link && error.link.userCode));
    });
  });

  it('retires a device for ever', async () => {
    const { devices } = home.gateway.server;
    const { device, clientId } = await register();
    await devices.setState(clientId, 'retired');
    assert.equal((await devices.standing(clientId)).state, 'retired');
    await assert.rejects(devices.setState(clientId, 'active'), { code: 'refused' });
    await assert.rejects(devices.register(device), { code: 'refused' });
  });

  it('RFC 8628: a device asks who its owner is, and hears what was said; the gateway stays whose it was', async () => {
    const { devices } = home.gateway.server;
    const device = await aDevice(home.gateway);
    const claim = await devices.startClaim(device);
    assert.match(claim.userCode, /^[A-Z]{4}-[A-Z]{4}$/);
    assert.deepEqual(
      [claim.verificationUri, claim.verificationUriComplete, claim.intervalMs],
      [`${home.issuer}/device`, `${home.issuer}/device?user_code=${claim.userCode}`, 2000],
    );
    assert.equal(await devices.pollClaim(device, claim.deviceCode), 'waiting');
    assert.equal(await devices.pollClaim(device, claim.deviceCode), 'slow-down');
    const bob = { name: 'bob', password: 'a few easy words' };
    await home.owner.call('POST', '/api/people', { ...bob, kind: 'owner' });
    const other = await signIn(home.issuer, bob);
    assert.equal((await other.call('POST', `/api/codes/${claim.userCode}/approve`, {})).status, 200);
    assert.equal(await devices.pollClaim(device, claim.deviceCode), 'claimed');
    assert.equal(await devices.pollClaim(device, claim.deviceCode), 'expired');
    assert.equal((await devices.standing(device.clientId)).owner, 'bob');
    assert.equal(home.gateway.server.ownerName(), 'alice');
    const again = await devices.startClaim(device);
    await other.call('POST', `/api/codes/${again.userCode}/deny`, {});
    assert.equal(await devices.pollClaim(device, again.deviceCode), 'denied');
  });

  it('another gateway’s device is as absent as one that never was', async () => {
    const other = await home.another('Barn', { scopes: ['uma_protection'] });
    const { clientId } = await register();
    await assert.rejects(other.server.devices.standing(clientId), { code: 'not_found' });
    await assert.rejects(other.server.devices.setState(clientId, 'quarantined'), { code: 'not_found' });
    await assert.rejects(other.server.devices.standing('none'), { code: 'not_found' });
  });

  it('with the owner’s authority to take back, whatever is the owner’s can be stopped', async () => {
    const other = await home.another('Barn', { scopes: ['uma_protection', 'shares:reduce'] });
    const { clientId } = await register();
    await other.server.devices.setState(clientId, 'quarantined');
    assert.equal((await home.gateway.server.devices.standing(clientId)).state, 'quarantined');
    await other.server.devices.setState(clientId, 'retired');
    assert.equal((await home.gateway.server.devices.standing(clientId)).state, 'retired');
    await assert.rejects(other.server.devices.setState('none', 'quarantined'), { code: 'not_found' });
  });

  it('lets a device’s key give way to another, says so to the gateway, and answers the same again', async () => {
    const { server } = home.gateway;
    const device = await aDevice(home.gateway);
    await home.share(device);
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    const heard = listenTo(home.gateway);
    await server.client.requestRpt(device, { permissions }, shortly());
    const next = await generateDeviceKey('EdDSA');
    const previous = await calculateJwkThumbprint(device.publicJwk);
    const named = { audience: home.issuer, device: device.clientId, previous };
    const replace = (wish: object = {}) =>
      server.devices.replaceKey(device, { ...next.publicJwk }, makeKeyContinuity({ key: next, ...named, ...wish }));
    await assert.rejects(replace({ audience: 'http://127.0.0.1:1' }), { code: 'refused' });
    await replace();
    const told = await heard.next('device-key');
    assert.deepEqual([told.device, told.jkt], [device.clientId, next.thumbprint]);
    await heard.next('token-revoked');
    await replace();
    await assert.rejects(server.client.requestRpt(device, { permissions }, shortly()));
    const { privateKey, algorithm } = next;
    const renewed = { clientId: device.clientId, privateKey, publicJwk: { ...next.publicJwk }, algorithm };
    assert.equal((await server.client.requestRpt(renewed, { permissions }, shortly())).kind, 'granted');
    await heard.close();
  });
});
