import assert from 'node:assert/strict';
import { bench, THERMOSTAT } from './fake-server.ts';

describe('watching devices', () => {
  const watched = async () => {
    const made = bench();
    const heard: string[] = [];
    const stop = made.registry.onState(({ device, key, before, state, why }) =>
      heard.push(`${key ?? device}: ${before} > ${state}, ${why}`),
    );
    made.registry.hold(THERMOSTAT);
    await made.registry.provision('thermostat');
    return { ...made, heard, stop };
  };
  const told = (state: 'active' | 'quarantined' | 'retired', why?: string, device = 'thermostat-id') =>
    ({ type: 'device-state', number: 1, at: 1, device, state, ...(why === undefined ? {} : { why }) }) as const;

  it('hears of a device’s whole life, each change once, with who made it', async () => {
    const { registry, server, heard } = await watched();
    await registry.suspend('thermostat');
    await registry.apply(told('quarantined', 'by_gateway'));
    await registry.resume('thermostat');
    await registry.apply(told('active', 'by_owner'));
    await registry.apply(told('quarantined', 'by_owner'));
    await registry.apply(told('retired', 'device_retired'));
    await registry.apply(told('retired', 'device_retired'));
    server.forget();
    await (await registry.claim('thermostat')).outcome;
    assert.deepEqual(heard, [
      'thermostat: unprovisioned > active, registered',
      'thermostat: active > quarantined, by_flow',
      'thermostat: quarantined > active, by_flow',
      'thermostat: active > quarantined, by_owner',
      'thermostat: quarantined > retired, by_owner',
      'thermostat: retired > unprovisioned, claimed_anew',
      'thermostat: unprovisioned > active, registered',
    ]);
  });

  it('hears of devices whose keys are elsewhere, too', async () => {
    const { registry, heard } = await watched();
    await registry.apply(told('quarantined', 'ended_by_gateway', 'doorbell'));
    await registry.apply(told('active', undefined, 'doorbell'));
    assert.deepEqual(heard.slice(1), [
      'doorbell: active > quarantined, by_gateway',
      'doorbell: quarantined > active, elsewhere',
    ]);
  });

  it('a restart is no change, and who has stopped listening hears nothing', async () => {
    const { registry, restart, heard, stop } = await watched();
    stop();
    await registry.suspend('thermostat');
    const again = restart();
    const anew: string[] = [];
    again.onState(({ state }) => anew.push(state));
    again.hold(THERMOSTAT);
    await again.provision('thermostat');
    assert.deepEqual([heard.length, anew], [1, []]);
  });
});
