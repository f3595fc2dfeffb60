import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeviceRegistry, type DeviceRegistry } from '../../../lib/identity/device-registry.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { openStore } from '../../../lib/store/open-store.ts';
import { listenTo, shortly } from './a-gateway.ts';
import { type AtHome, atHome } from './at-home.ts';

const WISH = { key: 'thermostat', name: 'Thermostat', algorithm: 'EdDSA' } as const;

describe('built-in server, devices of a gateway whose store is on disk', () => {
  let dir: string;
  let home: AtHome;
  let store: GatewayStore;
  let registry: DeviceRegistry;
  const blocked = new Set<string>();

  async function open(): Promise<void> {
    store = await openStore({ dir: join(dir, 'gateway'), keyDir: dir, env: {} });
    registry = createDeviceRegistry({
      store,
      devices: home.gateway.server.devices,
      issuer: home.issuer,
      quarantine: { block: async (id) => void blocked.add(id), lift: async (id) => void blocked.delete(id) },
      gatewayId: home.gateway.server.clientId,
      nowMs: Date.now,
      log: () => {},
    });
  }

  async function shut(): Promise<void> {
    await registry.close();
    await store.close();
  }

  beforeEach(async () => {
    blocked.clear();
    dir = await mkdtemp(join(tmpdir(), 'uma-registry-'));
    home = await atHome();
    await open();
  });
  afterEach(async () => {
    await shut();
    await home.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('a provisioned device asks with its own key, before and after a restart', async () => {
    registry.hold(WISH);
    const { clientId } = await registry.client('thermostat');
    await home.share({ clientId });
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    const ask = async () =>
      home.gateway.server.client.requestRpt(await registry.client('thermostat'), { permissions }, shortly());
    assert.equal((await ask()).kind, 'granted');
    await shut();
    await open();
    assert.equal(registry.id('thermostat'), clientId);
    assert.equal((await ask()).kind, 'granted');
    const { keyThumbprint, ...status } = await registry.status('thermostat');
    assert.deepEqual(status, {
      device: clientId,
      state: 'active',
      owner: 'alice',
      assurance: 'gateway',
      keyAgeDays: 0,
    });
    assert.deepEqual(registry.lookup(clientId)?.thumbprints, [keyThumbprint]);
  });

  it('a key that was lost on the way to the store after registering makes no second device', async () => {
    registry.hold(WISH);
    const { clientId } = await registry.client('thermostat');
    const rows = store.table<unknown>({ name: 'device', version: 1, read: (row) => row });
    const {
      clientId: _,
      thumbprint: __,
      registeredBy: ___,
      ...before
    } = rows.get('thermostat') as Record<string, unknown>;
    await store.transaction(() => rows.put('thermostat', { ...before, state: 'unprovisioned' }));
    await shut();
    await open();
    assert.equal(registry.id('thermostat'), undefined);
    assert.equal((await registry.client('thermostat')).clientId, clientId);
  });

  it('is stopped and started from the owner’s side as well, told by event', async () => {
    registry.hold(WISH);
    const { clientId } = await registry.client('thermostat');
    const heard = listenTo(home.gateway, registry.apply);
    await home.owner.call('POST', `/api/devices/${clientId}/suspend`, {});
    await heard.next('device-state');
    assert.equal(registry.lookup(clientId)?.state, 'quarantined');
    assert.ok(blocked.has(clientId));
    await home.owner.call('POST', `/api/devices/${clientId}/resume`, {});
    await heard.next('device-state');
    assert.equal(registry.lookup(clientId)?.state, 'active');
    assert.equal(blocked.size, 0);
  });

  it('suspends with the server stopped, and the server hears of it when it is back', async () => {
    registry.hold(WISH);
    const { clientId } = await registry.client('thermostat');
    const heard = listenTo(home.gateway, registry.apply);
    await heard.next('alive');
    await home.server.close();
    const outcome = await registry.suspend('thermostat');
    assert.ok(!outcome.told && (outcome.error as { code?: string }).code === 'unreachable');
    assert.equal(registry.lookup(clientId)?.state, 'quarantined');
    home.server = await home.place.start({ port: Number(new URL(home.issuer).port) });
    assert.equal((await heard.next('device-state')).state, 'quarantined');
    assert.equal((await home.gateway.server.devices.standing(clientId)).state, 'quarantined');
    await registry.resume('thermostat');
    assert.equal(registry.lookup(clientId)?.state, 'active');
  });
});
