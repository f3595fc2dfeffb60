import assert from 'node:assert/strict';
import type { Table, TableKind } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { bench, isDeviceError, THERMOSTAT } from './fake-server.ts';

describe('identity: from a name to a registered device', () => {
  it('provisions a device at its first hold, and finds it by key and by client id', async () => {
    const { registry } = bench();
    registry.hold(THERMOSTAT);
    await registry.provision('thermostat');
    assert.equal(registry.id('thermostat'), 'thermostat-id');
    assert.equal(registry.id('thermostat-id'), 'thermostat-id');
    const known = registry.lookup('thermostat-id');
    assert.deepEqual(
      { ...known, thumbprints: known?.thumbprints.length },
      {
        state: 'active',
        thumbprints: 1,
        key: 'thermostat',
        name: 'Thermostat',
      },
    );
  });

  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    it(`gives out a client that signs with ${algorithm}, its key unable to leave by its public half`, async () => {
      const { registry } = bench();
      registry.hold({ ...THERMOSTAT, algorithm });
      const client = await registry.client('thermostat');
      assert.equal(client.algorithm, algorithm);
      assert.equal(client.privateKey.type, 'private');
      assert.equal('d' in client.publicJwk, false);
    });
  }

  it('registers once, however many ask at the same time', async () => {
    const { registry, server } = bench();
    registry.hold(THERMOSTAT);
    registry.hold(THERMOSTAT);
    const clients = await Promise.all(Array.from({ length: 20 }, () => registry.client('thermostat')));
    assert.equal(new Set(clients.map(({ publicJwk }) => publicJwk.x)).size, 1);
    assert.deepEqual(server.calls, ['register Thermostat', 'standing thermostat-id']);
  });

  it('has the key on disk before the server hears of it', async () => {
    const store = memoryStore();
    const order: string[] = [];
    const table = <T>(kind: TableKind<T>): Table<T> => {
      const rows = store.table(kind);
      const put = (key: string, value: T) => {
        order.push(`${kind.name}${kind.sealed ? ' (sealed)' : ''}`);
        rows.put(key, value);
      };
      return { ...rows, put };
    };
    const { registry, server } = bench({ store: { ...store, table } });
    server.devices.register = async () => {
      order.push('register');
      server.states.set('id', 'active');
      return { clientId: 'id' };
    };
    registry.hold(THERMOSTAT);
    await registry.provision('thermostat');
    assert.deepEqual(order, ['device', 'device-key (sealed)', 'register', 'device']);
  });

  it('continues with the same key and client after an end between registering and storing', async () => {
    const { registry, server, restart } = bench();
    const register = server.devices.register;
    let seen: unknown;
    server.devices.register = async (device) => {
      seen = device.jwk.x;
      await register(device);
      throw new Error('the process ended here');
    };
    registry.hold(THERMOSTAT);
    await assert.rejects(registry.provision('thermostat'));
    server.devices.register = register;
    const client = await restart().client('thermostat');
    assert.equal(client.clientId, 'thermostat-id');
    assert.equal(client.publicJwk.x, seen);
  });

  it('asks nobody after a restart: device, key and state are remembered', async () => {
    const { registry, server, restart } = bench();
    registry.hold(THERMOSTAT);
    const before = await registry.client('thermostat');
    server.away = true;
    const again = restart();
    assert.equal(again.lookup('thermostat-id')?.state, 'active');
    assert.deepEqual((await again.client('thermostat')).publicJwk, before.publicJwk);
  });

  it('registers held devices as soon as the server is there, and says once in the log why not yet', async () => {
    const { registry, server, log } = bench();
    server.away = true;
    registry.hold(THERMOSTAT);
    await assert.rejects(registry.client('thermostat'), { code: 'unreachable' });
    await registry.apply({ type: 'alive' });
    await assert.rejects(registry.provision('thermostat'), { code: 'unreachable' });
    assert.deepEqual(log, ['device thermostat: unreachable, trying again when the server answers']);
    server.away = false;
    await registry.apply({ type: 'alive' });
    await registry.close();
    assert.equal(registry.id('thermostat'), 'thermostat-id');
  });

  it('does not ask for devices that are in no flow any more', async () => {
    const { registry, server } = bench();
    server.away = true;
    const release = registry.hold(THERMOSTAT);
    const second = registry.hold(THERMOSTAT);
    await assert.rejects(registry.provision('thermostat'));
    server.away = false;
    release();
    release();
    second();
    await registry.apply({ type: 'alive' });
    await registry.close();
    assert.deepEqual(server.calls, []);
  });

  it('registers the same keys anew where the server forgot everything, the gateway too', async () => {
    const { registry, server, setGatewayId, restart } = bench();
    registry.hold(THERMOSTAT);
    const before = await registry.client('thermostat');
    server.forget();
    setGatewayId('gateway-2');
    const after = await restart().client('thermostat');
    assert.equal(after.clientId, 'thermostat-id-anew');
    assert.deepEqual(after.publicJwk, before.publicJwk);
    assert.equal(registry.lookup('thermostat-id')?.state, 'active');
  });

  it('keeps the name that the flow gives last', async () => {
    const { registry } = bench();
    registry.hold(THERMOSTAT);
    await registry.provision('thermostat');
    registry.hold({ ...THERMOSTAT, name: 'Hall' });
    assert.equal(registry.lookup('thermostat-id')?.name, 'Hall');
    assert.deepEqual(registry.list(), [
      { clientId: 'thermostat-id', name: 'Hall', state: 'active', assurance: 'gateway' },
    ]);
  });

  it('refuses a device that nobody made known', async () => {
    await assert.rejects(bench().registry.client('toaster'), isDeviceError('unknown_device'));
  });

  it('never replaces a key that cannot be read', async () => {
    const { registry, store, restart } = bench();
    registry.hold(THERMOSTAT);
    await registry.provision('thermostat');
    const rows = store.table<{ jwk: Record<string, unknown> }>({
      name: 'device-key',
      version: 1,
      read: (row) => row as never,
    });
    const [[key, row] = ['', { jwk: {} }]] = [...rows.entries()];
    rows.put(key, { ...row, jwk: { ...row.jwk, d: 'AAAA' } });
    await assert.rejects(restart().client('thermostat'), { code: 'invalid_key' });
    assert.equal(rows.get(key)?.jwk.d, 'AAAA');
  });

  for (const [name, row] of [
    ['device', 'text'],
    ['device', { key: 'k', name: 'n', algorithm: 'HS256', createdAtMs: 1, state: 'active' }],
    ['device', { key: 'k', name: 'n', algorithm: 'ES256', createdAtMs: 1, state: 'asleep' }],
    ['device', { key: 'k', name: 'n', algorithm: 'ES256', createdAtMs: 'then', state: 'active' }],
    ['outside-device', { clientId: 'd', state: 'active' }],
    ['outside-device', null],
  ] as const) {
    it(`a damaged record stops, and is not half believed: ${name} ${JSON.stringify(row)}`, () => {
      const store = memoryStore();
      store.table<unknown>({ name, version: 1, read: (stored) => stored }).put('k', row);
      assert.throws(() => bench({ store }), TypeError);
    });
  }

  it('begins nothing once closed', async () => {
    const { registry, server } = bench();
    await registry.close();
    registry.hold(THERMOSTAT);
    await assert.rejects(registry.client('thermostat'), isDeviceError('registry_closed'));
    assert.deepEqual(server.calls, []);
  });
});
