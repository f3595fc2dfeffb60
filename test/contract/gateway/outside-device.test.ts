/** A device whose key no gateway holds, while a whole gateway listens: what its owner takes back is gone. */
import assert from 'node:assert/strict';
import { eventually } from '../../flows/support/eventually.ts';
import { ownerPassword } from '../support/running-server.ts';
import { registerClient, type TestClient } from '../support/test-client.ts';
import { type ListeningGateway, listeningGateway } from './listening-gateway.ts';

/** Another text for the same signature over the same claims: (r, n - s) verifies where (r, s) does. */
function otherForm(rpt: string): string {
  const [header, claims, signature = ''] = rpt.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const other = (order - BigInt(`0x${bytes.toString('hex', 32)}`)).toString(16).padStart(64, '0');
  return `${header}.${claims}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]).toString('base64url')}`;
}

/** The idle bits at the end of the last character set (RFC 4648 3.5). */
function otherEnding(rpt: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return rpt.slice(0, -1) + alphabet[alphabet.indexOf(rpt.at(-1) ?? '') | 1];
}

describe('a gateway and a device outside of it', () => {
  let home: ListeningGateway;
  let device: TestClient;
  let share: string;

  before(async () => {
    home = await listeningGateway();
  });
  after(() => home.close());

  beforeEach(async () => {
    device = await registerClient(home.gateway().issuer);
    const party = { kind: 'device', id: device.clientId };
    const wish = { resource: home.resource(), party, scopes: ['start', 'stop'] };
    share = (await home.owner.call('POST', '/api/shares', wish)).body.id;
  });

  const rpt = () => home.rpt(device, ['start', 'stop']);
  const verdict = (token: string) => home.verdict(device, token, ['stop']);

  it('goes on hearing its server after the owner has stopped and woken the device', async () => {
    const stopped = await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`);
    const woken = await home.owner.call('POST', `/api/devices/${device.clientId}/resume`);
    const withdrawn = await home.owner.call('DELETE', `/api/shares/${share}`);
    for (const { body } of [stopped, woken, withdrawn]) assert.deepEqual(body.unconfirmed, []);
  });

  it('knows what its owner calls it while something is shared with it here', async () => {
    const { clientId: id } = await registerClient(home.gateway().issuer);
    await home.owner.call('POST', `/api/devices/${id}/claim`, { name: 'Garden robot' });
    const unknown = await home
      .gateway()
      .server.devices.standing(id)
      .catch(({ code }) => code);
    assert.equal(unknown, 'not_found', 'nothing is shared with it here: its name is not for this gateway');
    const wish = { resource: home.resource(), party: { kind: 'device', id }, scopes: ['start'] };
    assert.equal((await home.owner.call('POST', '/api/shares', wish)).status, 201);
    await eventually('its name', async () => home.gateway().deviceName(id) === 'Garden robot');
  });

  it('stops and wakes a device whose key it does not hold, here and at the server', async () => {
    const id = device.clientId;
    const token = await rpt();
    const stopped = { device: id, state: 'quarantined', assurance: 'device' };
    assert.deepEqual(await home.gateway().suspend(id), stopped);
    assert.equal(await verdict(token), 'quarantined');
    assert.deepEqual(await home.gateway().deviceStatus(id), stopped);
    const { items } = (await home.owner.call('GET', '/api/devices?limit=500')).body;
    assert.equal(items.find((one: { id: string }) => one.id === id).state, 'quarantined');
    assert.deepEqual(await home.gateway().resume(id), { ...stopped, state: 'active' });
    assert.equal(await verdict(await rpt()), 'passed');
  });

  it('lets a device go on that its owner woke while nothing of it was shared here', async () => {
    const id = device.clientId;
    await home.owner.call('POST', `/api/devices/${id}/suspend`);
    await home.owner.call('DELETE', `/api/shares/${share}`);
    await home.owner.call('POST', `/api/devices/${id}/resume`);
    assert.equal(
      await home
        .gateway()
        .deviceStatus(id)
        .then(({ state }) => state),
      'quarantined',
      'nobody told it',
    );
    const wish = { resource: home.resource(), party: { kind: 'device', id }, scopes: ['stop'] };
    await home.owner.call('POST', '/api/shares', wish);
    await eventually('it should go on', async () => (await verdict(await home.rpt(device, ['stop']))) === 'passed');
  });

  it('lets a share for one message pass that was given in the second in which all of the device was revoked', async () => {
    const before = await rpt();
    await home.gateway().revoke({ device: device.clientId }, { confirmWithinMs: 5_000, why: 'revoked' });
    const wish = { resource: home.resource(), party: { kind: 'device', id: device.clientId }, scopes: ['stop'] };
    const given = await home.owner.call('POST', '/api/shares', { ...wish, conditions: { once: true } });
    assert.equal(given.status, 201);
    const token = await home.rpt(device, ['stop']);
    await eventually('it should pass once the share was heard of', async () => (await verdict(token)) === 'passed');
    assert.equal(await verdict(before), 'revoked');
  });

  it('refuses a token over two shares whichever way either of them ends', async () => {
    const second = await home.owner.call('POST', '/api/shares', {
      resource: home.resource(),
      party: { kind: 'device', id: device.clientId },
      scopes: ['stop'],
    });
    await home.owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    await home.owner.call('DELETE', `/api/shares/${share}`);
    await home.owner.call('PATCH', `/api/shares/${second.body.id}`, { conditions: { until: 4_000_000_000 } });
    assert.equal(await verdict(token), 'revoked');
  });

  it('refuses a revoked token however its signature is spelled', async () => {
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    const narrowed = await home.owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    assert.deepEqual(narrowed.body.unconfirmed, []);
    assert.equal(await verdict(token), 'revoked');
    assert.equal(await verdict(otherForm(token)), 'invalid_token');
    assert.equal(await verdict(otherEnding(token)), 'invalid_token');
  });

  it('is given tokens of one spelling only: the lower form of the signature', async () => {
    for (let count = 0; count < 20; count += 1) assert.equal(await verdict(await rpt()), 'passed');
  });

  // The last: for the second in which a panic began, nothing passes after it either.
  it('lets nothing pass that was issued before a panic, narrowed and revoked in it, once its owner has ended it', async () => {
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    await home.owner.call('POST', '/api/panic', {});
    assert.equal(await verdict(token), 'revoked');
    await home.owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    await device.authenticated('/token/revocation', { token });
    const ended = await home.owner.call('DELETE', '/api/panic', { password: ownerPassword });
    assert.deepEqual(ended.body.unconfirmed, []);
    assert.equal(await verdict(token), 'revoked');
  });
});
