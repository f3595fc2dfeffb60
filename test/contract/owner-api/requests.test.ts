import assert from 'node:assert/strict';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aGateway, aResource, askingDevice, type OutsideClient } from './outside-client.ts';

describe('owner API: requests', () => {
  let server: AServer;
  let owner: SignedIn;
  let gateway: OutsideClient & { pat: string };
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    gateway = await aGateway(server.issuer, owner);
  });
  after(() => server.end());

  const open = async () => (await owner.api('GET', '/api/requests')).body.items;

  it('a device waits, the owner approves, and it gets its token', async () => {
    const resource = await aResource(gateway);
    const device = await askingDevice(server.issuer, gateway, 'Thermostat');
    await owner.api('POST', `/api/devices/${device.id}/claim`, { name: 'Thermostat upstairs' });
    assert.equal((await device.ask(resource)).body.error, 'request_submitted');
    const [request] = await open();
    assert.equal(request.sentence, 'Thermostat upstairs asks to start Dishwasher');
    const approved = await owner.api('POST', `/api/requests/${request.id}/approve`, {});
    assert.equal(approved.status, 201);
    assert.equal(approved.body.sentence, 'Thermostat upstairs may start Dishwasher');
    assert.deepEqual(await open(), []);
    assert.equal((await device.ask(resource)).body.token_type, 'DPoP');
    const again = await owner.api('POST', `/api/requests/${request.id}/approve`, {});
    assert.equal(again.status, 404, 'it is answered');
  });

  it('approving after denying is refused, and the device is not shown again', async () => {
    const resource = await aResource(gateway, 'Oven');
    const device = await askingDevice(server.issuer, gateway, 'Toaster');
    await owner.api('POST', `/api/devices/${device.id}/claim`);
    await device.ask(resource);
    const [request] = await open();
    assert.equal((await owner.api('POST', `/api/requests/${request.id}/deny`)).status, 204);
    const late = await owner.api('POST', `/api/requests/${request.id}/approve`, {});
    assert.deepEqual([late.status, late.body.error], [409, 'request_closed']);
    assert.equal((await device.ask(resource)).body.error, 'request_denied');
    assert.deepEqual(await open(), []);
  });

  it('approving can give less than was asked, with an end, and never more', async () => {
    const resource = await aResource(gateway, 'Heater');
    const device = await askingDevice(server.issuer, gateway, 'Fan');
    await owner.api('POST', `/api/devices/${device.id}/claim`);
    await device.ask(resource);
    const [{ id }] = await open();
    const path = `/api/requests/${id}/approve`;
    assert.equal((await owner.api('POST', path, { scopes: ['start', 'stop'] })).body.error, 'scope_unknown');
    assert.equal((await owner.api('POST', path, { conditions: { atNight: true } })).body.error, 'not_supported');
    const until = Math.floor(Date.now() / 1000) + 60;
    const approved = await owner.api('POST', path, { scopes: ['start'], conditions: { until } });
    assert.deepEqual(approved.body.conditions, { until });
  });
});
