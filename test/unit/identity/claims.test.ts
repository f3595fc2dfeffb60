import assert from 'node:assert/strict';
import type { ClaimOffer } from '../../../lib/identity/claims.ts';
import { bench, isDeviceError, THERMOSTAT } from './fake-server.ts';

const away = () => Object.assign(new Error('away'), { code: 'unreachable' });

describe('claims', () => {
  /** A device that may claim, and every pause it made. */
  const provisioned = async (options: Parameters<typeof bench>[0] = {}) => {
    const made = bench(options);
    made.registry.hold(THERMOSTAT);
    await made.registry.provision('thermostat');
    return made;
  };

  it('shows code and link, and nothing by which the answer could be fetched', async () => {
    const { registry } = await provisioned();
    const { code } = await registry.claim('thermostat');
    assert.deepEqual(code, {
      userCode: 'BCDF-GHJK',
      verificationUri: 'https://as.example/device',
      expiresAtMs: 90_600_000,
    });
  });

  it('one code for all who ask while it waits, and a new one afterwards', async () => {
    const { registry, server } = await provisioned();
    const [one, other] = await Promise.all([registry.claim('thermostat'), registry.claim('thermostat-id')]);
    assert.equal(one, other);
    assert.equal(await one.outcome, 'claimed');
    assert.notEqual(await registry.claim('thermostat'), one);
    assert.equal(server.calls.filter((call) => call === 'claim thermostat-id').length, 2);
    await registry.close();
  });

  it('RFC 8628 3.5: polls at the interval, five seconds less often after each slow_down, twice as seldom while the server is away', async () => {
    const { registry, server, pauses } = await provisioned();
    server.claims.push('waiting', 'slow-down', 'slow-down', 'waiting', away(), away(), 'denied');
    assert.equal(await (await registry.claim('thermostat')).outcome, 'denied');
    assert.deepEqual(pauses, [2000, 2000, 7000, 12_000, 12_000, 24_000, 48_000]);
  });

  it('RFC 8628 3.5: tells those who look on that it was told to slow down, or that the server is away', async () => {
    const waits: string[] = [];
    let offer: ClaimOffer | undefined;
    const { registry, server } = await provisioned({ onPause: () => offer && waits.push(offer.wait()) });
    server.claims.push('waiting', 'slow-down', away(), 'waiting', 'denied');
    offer = await registry.claim('thermostat');
    assert.equal(offer.wait(), 'waiting');
    await offer.outcome;
    assert.deepEqual(waits, ['waiting', 'slow-down', 'away', 'waiting']);
  });

  it('RFC 8628 3.2: ends with the code, also where the server cannot say so', async () => {
    const { registry, server, clock } = await provisioned();
    server.claims.push('waiting', away());
    const { outcome } = await registry.claim('thermostat');
    clock.ms = 90_600_000;
    assert.equal(await outcome, 'expired');
  });

  it('what the server refuses for another reason ends it', async () => {
    const { registry, server } = await provisioned();
    server.claims.push(Object.assign(new Error('no'), { code: 'client_refused' }));
    await assert.rejects((await registry.claim('thermostat')).outcome, { code: 'client_refused' });
  });

  it('a device that is suspended meanwhile asks no more', async () => {
    const { registry, server } = await provisioned();
    server.claims.push('waiting');
    const { outcome } = await registry.claim('thermostat');
    await registry.suspend('thermostat');
    await assert.rejects(outcome, isDeviceError('device_quarantined'));
    await assert.rejects(registry.claim('thermostat'), isDeviceError('device_quarantined'));
  });

  it('the key of an outside device is not here', async () => {
    const { registry } = await provisioned();
    await assert.rejects(registry.claim('somebody-else'), isDeviceError('device_elsewhere'));
  });

  it('ends with the gateway, and leaves nothing running', async () => {
    const { registry, hang } = await provisioned();
    hang();
    const { outcome } = await registry.claim('thermostat');
    const ended = assert.rejects(outcome, isDeviceError('registry_closed'));
    await registry.close();
    await ended;
  });

  it('a retired device needs a new key, and is another device from then on, also after a restart', async () => {
    const { registry, server, restart } = await provisioned();
    const before = (await registry.status('thermostat')).keyThumbprint;
    await registry.retire('thermostat');
    server.forget();
    server.states.set('thermostat-id', 'retired');
    await (await registry.claim('thermostat')).outcome;
    const { device, state, keyThumbprint } = await registry.status('thermostat');
    assert.deepEqual([device, state], ['thermostat-id-anew', 'active']);
    assert.notEqual(keyThumbprint, before);
    assert.equal(registry.lookup('thermostat-id')?.state, 'retired');
    const again = restart();
    assert.deepEqual(again.lookup('thermostat-id'), { state: 'retired', thumbprints: [] });
    assert.equal((await again.client('thermostat')).clientId, 'thermostat-id-anew');
  });
});
