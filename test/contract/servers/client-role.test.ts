import assert from 'node:assert/strict';
import type { DeviceClient } from '../../../lib/servers/authorization-server.ts';
import { aDevice, shortly } from './a-gateway.ts';
import { type AtHome, eachAtHome } from './at-home.ts';

describe('built-in server, client role', () => {
  let home: AtHome;
  let device: DeviceClient;

  eachAtHome((world) => {
    ({ home, device } = world);
  });

  const ask = (scopes = ['start']) =>
    home.gateway.server.client.requestRpt(device, { permissions: [{ resource: home.resource, scopes }] }, shortly());

  it('G 3.3.6: request_submitted is pending, with a ticket to go on with', async () => {
    const first = await ask();
    assert.equal(first.kind, 'pending');
    assert.ok(first.kind === 'pending' && first.ticket);
    const second = await home.gateway.server.client.requestRpt(device, { ticket: first.ticket }, shortly());
    assert.equal(second.kind, 'pending');
  });

  it('G 3.3.5: after the share an RPT, bound to the device’s key, with what was granted', async () => {
    await home.share(device);
    const outcome = await ask(['start', 'stop']);
    assert.ok(outcome.kind === 'granted');
    assert.equal(outcome.tokenType, 'DPoP');
    assert.deepEqual(
      outcome.permissions.map(({ resource, scopes }) => ({ resource, scopes })),
      [{ resource: home.resource, scopes: ['start'] }],
    );
    const seconds = outcome.expiresAt - Date.now() / 1000;
    assert.ok(seconds > 0 && seconds <= 300);
  });

  it('answers a challenge’s ticket as well', async () => {
    await home.share(device);
    const { ticket, asUri } = await home.gateway.server.resourceServer.requestTicket(
      [{ resource: home.resource, scopes: ['start'] }],
      shortly(),
    );
    assert.equal(asUri, home.issuer);
    assert.equal((await home.gateway.server.client.requestRpt(device, { ticket }, shortly())).kind, 'granted');
  });

  it('G 3.3.6: a ticket works once', async () => {
    const { ticket } = await home.gateway.server.resourceServer.requestTicket(
      [{ resource: home.resource, scopes: ['start'] }],
      shortly(),
    );
    await home.gateway.server.client.requestRpt(device, { ticket }, shortly());
    const again = home.gateway.server.client.requestRpt(device, { ticket }, shortly());
    await assert.rejects(again, { code: 'invalid_ticket' });
  });

  it('a suspended device is denied', async () => {
    await home.share(device);
    await home.gateway.server.devices.setState(device.clientId, 'quarantined');
    assert.deepEqual(await ask(), { kind: 'denied' });
  });

  it('ends with the caller’s own reason when the caller gives up', async () => {
    const giveUp = new AbortController();
    const reason = new Error('enough');
    giveUp.abort(reason);
    const asked = home.gateway.server.client.requestRpt(device, { ticket: 'any' }, giveUp.signal);
    await assert.rejects(asked, reason);
  });

  it('RFC 9449 8: twenty devices at once, each with its own key, each gets its own answer', async () => {
    const devices = await Promise.all(Array.from({ length: 20 }, (_, index) => aDevice(home.gateway, `Lamp ${index}`)));
    await Promise.all(devices.map((one) => home.share(one)));
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    const { client } = home.gateway.server;
    const outcomes = await Promise.all(devices.map((one) => client.requestRpt(one, { permissions }, shortly())));
    assert.equal(new Set(outcomes.map((outcome) => outcome.kind === 'granted' && outcome.rpt)).size, 20);
  });
});
