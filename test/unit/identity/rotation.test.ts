import assert from 'node:assert/strict';
import { calculateJwkThumbprint } from 'jose';
import { bench, isDeviceError, THERMOSTAT } from './fake-server.ts';

const ID = 'thermostat-id';

describe('a device’s key gives way to another', () => {
  const provisioned = async () => {
    const made = bench();
    made.registry.hold(THERMOSTAT);
    await made.registry.provision('thermostat');
    const first = made.server.keys.get(ID) ?? '';
    const used = async (registry = made.registry) =>
      calculateJwkThumbprint((await registry.client('thermostat')).publicJwk);
    return { ...made, first, used };
  };

  it('says which key it has, which it had, and until when what is on its way with the old one is let through', async () => {
    const { registry, server, first, used } = await provisioned();
    const rotated = await registry.rotate('thermostat');
    assert.deepEqual(rotated, {
      device: ID,
      keyThumbprint: server.keys.get(ID),
      previousThumbprint: first,
      overlapUntil: 90_010,
    });
    assert.notEqual(rotated.keyThumbprint, first);
    assert.equal(await used(), rotated.keyThumbprint);
  });

  it('the old key counts until the overlap is over and never again, also after a restart', async () => {
    const { registry, restart, clock, first } = await provisioned();
    const { keyThumbprint } = await registry.rotate(ID);
    assert.deepEqual(registry.lookup(ID)?.thumbprints, [keyThumbprint, first]);
    assert.deepEqual(restart().lookup(ID)?.thumbprints, [keyThumbprint, first]);
    clock.ms += 10_000;
    assert.deepEqual(registry.lookup(ID)?.thumbprints, [keyThumbprint]);
    assert.deepEqual(restart().lookup(ID)?.thumbprints, [keyThumbprint]);
  });

  it('whoever asks while it changes gets the new key, and hears of no other', async () => {
    const { registry, server, used } = await provisioned();
    const heard: string[] = [];
    registry.onKeyChanged((clientId) => heard.push(clientId));
    const [one, other, asked] = await Promise.all([registry.rotate('thermostat'), registry.rotate(ID), used()]);
    assert.equal(one, other);
    assert.equal(asked, server.keys.get(ID));
    assert.deepEqual(heard, [ID]);
    assert.equal(server.calls.filter((call) => call === `key ${ID}`).length, 1);
  });

  it('a refusal leaves the key it had', async () => {
    const { registry, server, restart, first, used } = await provisioned();
    server.changes.push('refused');
    await assert.rejects(registry.rotate('thermostat'), { code: 'refused' });
    assert.equal(await used(), first);
    assert.equal(await used(restart()), first);
    assert.equal(server.keys.get(ID), first);
  });

  it('an answer that was lost is found again', async () => {
    const { registry, server, used } = await provisioned();
    server.changes.push('lost');
    const { keyThumbprint } = await registry.rotate('thermostat');
    assert.equal(keyThumbprint, server.keys.get(ID));
    assert.equal(await used(), keyThumbprint);
  });

  for (const [what, change] of [
    ['before the server heard of it', 'away'],
    ['after the server had changed it', 'lost'],
  ] as const)
    it(`a process that ended ${what} has exactly one working key again`, async () => {
      const { registry, server, restart, first, used } = await provisioned();
      server.changes.push(change);
      const { standing } = server.devices;
      // The process ends here: nobody asks any more.
      server.devices.standing = async () => {
        throw Object.assign(new Error('away'), { code: 'unreachable' });
      };
      await assert.rejects(registry.rotate('thermostat'), { code: 'unreachable' });
      server.devices.standing = standing;
      const again = restart();
      const now = await used(again);
      assert.equal(now, server.keys.get(ID));
      assert.notEqual(now, first);
      assert.deepEqual(again.lookup(ID)?.thumbprints, [now, first]);
      assert.equal(await used(restart()), now);
    });

  it('while the server is away it goes on with the key it had, and ends the change later', async () => {
    const { registry, server, first, used } = await provisioned();
    server.away = true;
    await assert.rejects(registry.rotate('thermostat'), { code: 'unreachable' });
    assert.equal(await used(), first);
    server.away = false;
    assert.equal(await used(), server.keys.get(ID));
    assert.notEqual(server.keys.get(ID), first);
  });

  it('is no alarm when the server tells of it, however early', async () => {
    const { registry, server, log } = await provisioned();
    const { replaceKey } = server.devices;
    server.devices.replaceKey = async (...wish) => {
      await replaceKey(...wish);
      await registry.apply({ type: 'device-key', number: 1, at: 1, device: ID, jkt: server.keys.get(ID) ?? '' });
    };
    await registry.rotate('thermostat');
    assert.deepEqual(log, []);
    await registry.apply({ type: 'device-key', number: 2, at: 1, device: ID, jkt: 'somebody else’s' });
    assert.equal(log.length, 1);
  });

  it('only of a device that may act, and whose key is here', async () => {
    const { registry } = await provisioned();
    await assert.rejects(registry.rotate('somebody-else'), isDeviceError('device_elsewhere'));
    await registry.suspend('thermostat');
    await assert.rejects(registry.rotate('thermostat'), isDeviceError('device_quarantined'));
    await registry.close();
    await assert.rejects(registry.rotate('thermostat'), isDeviceError('registry_closed'));
  });
});
