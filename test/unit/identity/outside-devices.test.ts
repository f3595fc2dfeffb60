import assert from 'node:assert/strict';
import { setImmediate as settled } from 'node:timers/promises';
import { OUTSIDE_NAMES } from '../../../lib/identity/device-record.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { bench } from './fake-server.ts';

/** Devices whose keys are elsewhere: all that is kept of them is that they must not pass. */
describe('a device outside of the gateway', () => {
  const stopped = async () => {
    const made = bench();
    const { registry, server } = made;
    server.states.set('doorbell', 'quarantined');
    const change = { type: 'device-state', number: 1, at: 1, device: 'doorbell', state: 'quarantined' } as const;
    await registry.apply(change);
    const state = () => registry.lookup('doorbell')?.state;
    assert.equal(state(), 'quarantined');
    return { ...made, state, quarantine: change };
  };
  const gap = { type: 'gap', number: 9, at: 9, owner: 'alice', panic: false } as const;
  const granted = { type: 'share-granted', number: 9, at: 9, share: 's', device: 'doorbell', resource: 'r' } as const;

  for (const [what, change] of [
    ['after a gap', gap],
    ['where something is shared with it here', granted],
  ] as const)
    it(`is asked of anew ${what}: what let it go on was told while nobody heard it`, async () => {
      const { registry, server, state } = await stopped();
      server.states.set('doorbell', 'active');
      await registry.apply(change);
      await registry.close();
      assert.equal(state(), undefined);
    });

  it('is known by its name before its first message comes, and by none once nothing is shared', async () => {
    const { registry, server, clock } = bench();
    server.states.set('doorbell', 'active');
    await registry.apply(granted);
    await settled();
    assert.equal(registry.name('doorbell'), 'doorbell');
    assert.deepEqual(server.calls, ['standing doorbell'], 'asked once');
    server.states.delete('doorbell');
    clock.ms += 60_000;
    registry.name('doorbell');
    await settled();
    assert.equal(registry.name('doorbell'), undefined);
    await registry.close();
  });

  it('has its name after a restart from the first message on', async () => {
    const { registry, server, restart } = bench();
    server.states.set('doorbell', 'active');
    await registry.apply(granted);
    await registry.close();
    server.away = true;
    const again = restart();
    assert.equal(again.name('doorbell'), 'doorbell');
    await again.close();
  });

  it('is one of 500 whose names are kept', async () => {
    const { registry, server, restart } = bench();
    for (let i = 0; i < 510; i++) {
      server.states.set(`d${i}`, 'active');
      await registry.apply({ ...granted, device: `d${i}` });
    }
    await registry.close();
    server.away = true;
    const again = restart();
    // To ask for one that is not known takes the place of the oldest.
    const newestFirst = Array.from({ length: 510 }, (_, i) => again.name(`d${509 - i}`));
    assert.equal(newestFirst.filter((name) => name !== undefined).length, 500);
    await again.close();
  });

  it('does not have the names of all others looked through when its own comes', async () => {
    const store = memoryStore();
    let looks = 0;
    const table: GatewayStore['table'] = (kind) => {
      const made = store.table(kind);
      const entries: typeof made.entries = (range) => {
        if (kind.name === OUTSIDE_NAMES.name) looks += 1;
        return made.entries(range);
      };
      return { ...made, entries };
    };
    const { registry, server } = bench({ store: { ...store, table } });
    const before = looks;
    server.states.set('doorbell', 'active');
    await registry.apply(granted);
    await registry.close();
    assert.equal(registry.name('doorbell'), 'doorbell');
    assert.equal(looks, before);
  });

  it('keeps its name while the server is away, and is asked of anew only now and then', async () => {
    const { registry, server, clock, log } = bench();
    server.states.set('doorbell', 'active');
    assert.equal(registry.name('doorbell'), undefined, 'not known yet');
    await settled();
    server.away = true;
    for (let i = 0; i < 3; i++) assert.equal(registry.name('doorbell'), 'doorbell');
    clock.ms += 60_000;
    registry.name('doorbell');
    await settled();
    assert.equal(registry.name('doorbell'), 'doorbell');
    assert.deepEqual([server.calls, log], [['standing doorbell'], []]);
    await registry.close();
  });

  it('stays stopped where the server says so, and where it says nothing of it', async () => {
    for (const there of ['quarantined', undefined] as const) {
      const { registry, server, state } = await stopped();
      if (there === undefined) server.states.delete('doorbell');
      await registry.apply(gap);
      await registry.close();
      assert.equal(state(), 'quarantined', there);
    }
  });

  it('stays stopped where that is heard while the answer is on its way', async () => {
    const { registry, server, state, quarantine } = await stopped();
    await registry.apply({ ...quarantine, state: 'active', number: 2 });
    await registry.apply({ ...quarantine, number: 3 });
    server.states.set('doorbell', 'active');
    let open = () => {};
    server.door = new Promise((resolve) => {
      open = resolve;
    });
    await registry.apply(gap);
    await registry.apply({ ...quarantine, state: 'active', number: 10 });
    await registry.apply({ ...quarantine, number: 11 });
    open();
    await registry.close();
    assert.equal(state(), 'quarantined');
  });
});
