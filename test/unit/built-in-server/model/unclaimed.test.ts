import assert from 'node:assert/strict';
import { aHome, alice, device, START_MS } from './a-home.ts';

const DAY_MS = 86_400_000;

describe('built-in server, devices that nobody claimed', () => {
  it('are forgotten after a day, with their clients, and claimed ones are not', () => {
    const ended: string[] = [];
    const { model, clock } = aHome({ endClient: (clientId) => void ended.push(clientId) });
    model.devices.put(device('lamp'));
    model.devices.claim('lamp', 'alice', alice);
    clock.ms += DAY_MS;
    model.devices.forgetUnclaimed();
    assert.equal(model.devices.unclaimed().length, 1, 'not before');
    clock.ms += 1000;
    model.devices.forgetUnclaimed();
    assert.deepEqual([model.devices.unclaimed(), ended], [[], ['thermostat']]);
    assert.ok(model.devices.claimed('lamp'));
  });

  it('are a thousand at most: the oldest goes', () => {
    const { model } = aHome();
    for (let count = 0; count < 1000; count += 1)
      model.devices.put(device(`d${String(count).padStart(4, '0')}`, { createdAt: START_MS / 1000 + 1 + count }));
    const left = model.devices.unclaimed();
    assert.equal(left.length, 1000);
    assert.equal(model.devices.get('thermostat'), undefined);
  });

  it('registration opened by one owner is not closed by another’s panic', () => {
    const { model, clock } = aHome();
    model.openRegistration.open('alice');
    model.openRegistration.open('bob');
    model.panic.start('bob', { kind: 'owner', owner: 'bob' });
    assert.equal(model.openRegistration.until('bob'), undefined);
    assert.ok(model.openRegistration.isOpen());
    clock.ms += 600_000;
    assert.equal(model.openRegistration.isOpen(), false);
  });
});
