import assert from 'node:assert/strict';
import type { DeviceState } from '../../../lib/servers/authorization-server.ts';
import { type Bench, bench, isDeviceError, THERMOSTAT } from './fake-server.ts';

const ID = 'thermostat-id';

async function provisioned(): Promise<Bench> {
  const made = bench();
  made.registry.hold(THERMOSTAT);
  await made.registry.provision('thermostat');
  made.server.calls.length = 0;
  return made;
}

function told(state: DeviceState, number: number) {
  return { type: 'device-state', number, at: 1, device: ID, state } as const;
}

/** A server that answers only when told to. */
function shutDoor({ server }: Bench): () => void {
  let open = () => {};
  server.door = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

/** What nobody waits for goes on in the background. */
async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await new Promise((resolve) => setImmediate(resolve));
}

describe('identity: suspending and resuming', () => {
  it('suspends here in the same step as the call, before any answer of the server', async () => {
    const made = await provisioned();
    const open = shutDoor(made);
    const suspending = made.registry.suspend('thermostat');
    assert.equal(made.registry.lookup(ID)?.state, 'quarantined');
    assert.deepEqual([...made.blocked], [ID]);
    open();
    assert.deepEqual(await suspending, { told: true });
    assert.equal(made.server.states.get(ID), 'quarantined');
  });

  it('gives a suspended device no client to ask with', async () => {
    const { registry } = await provisioned();
    await registry.suspend(ID);
    await assert.rejects(registry.client('thermostat'), isDeviceError('device_quarantined'));
    const said = { hint: { key: 'hint.device_quarantined', values: { device: 'Thermostat' } } };
    await assert.rejects(registry.client('thermostat'), said, 'by its name, and not by its key');
  });

  it('holds while the server is away, across a restart, and tells it when it answers', async () => {
    const { registry, server, restart } = await provisioned();
    server.away = true;
    const outcome = await registry.suspend('thermostat');
    assert.equal(outcome.told, false);
    const again = restart();
    assert.equal(again.lookup(ID)?.state, 'quarantined');
    server.away = false;
    await again.apply({ type: 'alive' });
    await again.close();
    assert.equal(server.states.get(ID), 'quarantined');
  });

  it('tells the server once, however often it says that it is alive', async () => {
    const made = await provisioned();
    made.server.away = true;
    await made.registry.suspend('thermostat');
    made.server.away = false;
    const open = shutDoor(made);
    for (let beat = 0; beat < 5; beat += 1) await made.registry.apply({ type: 'alive' });
    open();
    await made.registry.close();
    assert.deepEqual(made.server.calls, [`quarantined ${ID}`]);
  });

  it('resumes at the server first; only then the local block is lifted', async () => {
    const made = await provisioned();
    await made.registry.suspend('thermostat');
    const open = shutDoor(made);
    const resuming = made.registry.resume('thermostat');
    assert.equal(made.registry.lookup(ID)?.state, 'quarantined');
    assert.ok(made.blocked.has(ID));
    open();
    await resuming;
    assert.equal(made.registry.lookup(ID)?.state, 'active');
    assert.equal(made.blocked.size, 0);
  });

  it('stays suspended where the owner gave no authority to resume', async () => {
    const { registry, server, blocked } = await provisioned();
    await registry.suspend('thermostat');
    server.devices.setState = async () => {
      throw Object.assign(new Error('ask the owner'), { code: 'OwnerNotConnected' });
    };
    await assert.rejects(registry.resume('thermostat'), { code: 'OwnerNotConnected' });
    assert.equal(registry.lookup(ID)?.state, 'quarantined');
    assert.ok(blocked.has(ID));
  });

  it('lets a stop win over a start that was asked for just before', async () => {
    const made = await provisioned();
    await made.registry.suspend('thermostat');
    const open = shutDoor(made);
    const resuming = made.registry.resume('thermostat');
    const suspending = made.registry.suspend('thermostat');
    open();
    await Promise.all([resuming, suspending]);
    assert.equal(made.registry.lookup(ID)?.state, 'quarantined');
    assert.ok(made.blocked.has(ID));
    assert.equal(made.server.states.get(ID), 'quarantined');
  });

  it('lets a stop win that comes while the server is making up its mind, and tells the server again', async () => {
    const made = await provisioned();
    await made.registry.suspend('thermostat');
    const { setState } = made.server.devices;
    made.server.devices.setState = async (id, state) => {
      if (state === 'active') await made.registry.suspend('thermostat');
      await setState(id, state);
    };
    await made.registry.resume('thermostat');
    assert.equal(made.registry.lookup(ID)?.state, 'quarantined');
    assert.ok(made.blocked.has(ID));
    assert.equal(made.server.states.get(ID), 'quarantined');
  });

  it('retires for ever', async () => {
    const { registry, server } = await provisioned();
    await registry.retire('thermostat');
    await registry.suspend('thermostat');
    assert.equal(registry.lookup(ID)?.state, 'retired');
    assert.equal(server.states.get(ID), 'retired');
    await assert.rejects(registry.resume('thermostat'), isDeviceError('device_retired'));
    await assert.rejects(registry.client('thermostat'), isDeviceError('device_retired'));
  });

  it('suspends a device that the server has not met; the server hears of it with the registration', async () => {
    const { registry, server, blocked } = bench();
    server.away = true;
    registry.hold(THERMOSTAT);
    const outcome = await registry.suspend('thermostat');
    assert.ok(!outcome.told && isDeviceError('device_unprovisioned')(outcome.error));
    server.away = false;
    await registry.provision('thermostat');
    assert.equal(registry.lookup(ID)?.state, 'quarantined');
    assert.equal(server.states.get(ID), 'quarantined');
    assert.ok(blocked.has(ID));
    await registry.resume('thermostat');
    assert.equal(registry.lookup(ID)?.state, 'active');
  });
});

describe('identity: what the server tells', () => {
  for (const state of ['quarantined', 'retired'] as const) {
    it(`stops a device that was ${state} elsewhere`, async () => {
      const { registry, blocked, server } = await provisioned();
      await registry.apply(told(state, 1));
      assert.equal(registry.lookup(ID)?.state, state);
      assert.ok(blocked.has(ID));
      assert.deepEqual(server.calls, []);
    });
  }

  it('asks how its devices stand where that was told while nobody heard it', async () => {
    const made = await provisioned();
    const { registry, server, blocked } = made;
    const gap = { type: 'gap', number: 9, at: 1, owner: 'alice', panic: false } as const;
    server.states.set(ID, 'quarantined');
    await registry.apply(gap);
    await until(() => registry.lookup(ID)?.state === 'quarantined');
    assert.ok(blocked.has(ID));
    server.states.set(ID, 'active');
    await registry.apply(gap);
    await until(() => registry.lookup(ID)?.state === 'active');
    assert.ok(!blocked.has(ID));
  });

  it('starts a device again only if the server still says so when asked', async () => {
    const { registry, server, blocked } = await provisioned();
    await registry.suspend('thermostat');
    await registry.apply(told('active', 1));
    assert.equal(registry.lookup(ID)?.state, 'quarantined');
    server.states.set(ID, 'active');
    await registry.apply(told('active', 2));
    assert.equal(registry.lookup(ID)?.state, 'active');
    assert.equal(blocked.size, 0);
  });

  it('lets no old news lift a stop that the server has yet to hear of', async () => {
    const { registry, server } = await provisioned();
    server.away = true;
    await registry.suspend('thermostat');
    server.away = false;
    await registry.apply(told('active', 1));
    assert.equal(registry.lookup(ID)?.state, 'quarantined');
  });

  it('takes the echo of its own stop as confirmation', async () => {
    const { registry, server, restart } = await provisioned();
    server.away = true;
    await registry.suspend('thermostat');
    await registry.apply(told('quarantined', 1));
    server.away = false;
    const again = restart();
    await again.apply({ type: 'alive' });
    await again.close();
    assert.deepEqual(server.calls, []);
  });

  it('knows a device whose key is elsewhere only while it is stopped, also after a restart', async () => {
    const { registry, restart, blocked } = bench();
    await registry.apply({ type: 'device-state', number: 1, at: 1, device: 'lamp', state: 'quarantined' });
    assert.deepEqual(restart().lookup('lamp'), { state: 'quarantined', thumbprints: [] });
    // The server tells a gateway nothing of a device it does not hold: asking would be answered "not found".
    await registry.apply({ type: 'device-state', number: 2, at: 2, device: 'lamp', state: 'active' });
    assert.equal(registry.lookup('lamp'), undefined);
    assert.equal(restart().lookup('lamp'), undefined);
    assert.equal(blocked.size, 0);
  });

  it('keeps its own device stopped, and goes on listening, where the server has forgotten it', async () => {
    const { registry, server } = await provisioned();
    await registry.suspend('thermostat');
    server.states.delete(ID);
    await registry.apply(told('active', 1));
    assert.equal(registry.lookup(ID)?.state, 'quarantined');
  });

  it('keeps a stop that the server has no say in, and does not ask again', async () => {
    const { registry, server } = bench();
    const outcome = await registry.suspend('stranger');
    assert.equal(outcome.told, false);
    assert.equal(registry.lookup('stranger')?.state, 'quarantined');
    await registry.apply({ type: 'alive' });
    await registry.close();
    assert.deepEqual(server.calls, ['quarantined stranger']);
  });
});

describe('identity: status', () => {
  it('tells state, owner, key and its age in days', async () => {
    const { registry } = await provisioned();
    const { keyThumbprint, ...status } = await registry.status('thermostat');
    assert.deepEqual(status, { device: ID, state: 'active', owner: 'alice', assurance: 'gateway', keyAgeDays: 0 });
    assert.deepEqual(registry.lookup(ID)?.thumbprints, [keyThumbprint]);
  });

  it('shows what it knows while the server is away', async () => {
    const { registry, server } = await provisioned();
    server.away = true;
    await registry.suspend('thermostat');
    const status = await registry.status(ID);
    assert.equal(status.state, 'quarantined');
    assert.equal(status.owner, undefined);
  });

  it('shows a device whose key is elsewhere as the server does, but for a stop made here', async () => {
    const { registry, server } = bench();
    server.states.set('lamp', 'active');
    assert.equal((await registry.status('lamp')).state, 'active');
    await registry.suspend('lamp');
    server.states.set('lamp', 'active');
    assert.equal((await registry.status('lamp')).state, 'quarantined');
  });
});

describe('identity: a key that was changed elsewhere', () => {
  it('stands in the log where somebody else changed the key of a device of ours, and in no other case', async () => {
    const { registry, log } = await provisioned();
    const told = (device: string, jkt: string) => ({ type: 'device-key', number: 1, at: 1, device, jkt }) as const;
    const own = registry.lookup(ID)?.thumbprints[0] ?? '';
    await registry.apply(told(ID, own));
    await registry.apply(told('outside-id', 'any'));
    assert.deepEqual(log, []);
    await registry.apply(told(ID, 'another'));
    assert.match(log.join(), /^device thermostat: its key was replaced/);
    assert.deepEqual(registry.lookup(ID)?.thumbprints, [own], 'what is bound to the other key is refused here');
  });
});
