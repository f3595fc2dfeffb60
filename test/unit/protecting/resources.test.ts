import assert from 'node:assert/strict';
import type { ResourceWish } from '../../../lib/protecting/resource-record.ts';
import { createResources, type ResourcesPorts, UnknownResourceError } from '../../../lib/protecting/resources.ts';
import type { ResourceDescription } from '../../../lib/servers/authorization-server.ts';
import { ResourceNotFoundError } from '../../../lib/uma/errors.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { fakeTimers } from './fake-timers.ts';

const DISHWASHER: ResourceWish = { key: 'dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'] };

/** A server that keeps resources, counts, can be down and can forget. */
function fakeRole() {
  const server = { known: new Map<string, ResourceDescription>(), asked: [] as ResourceDescription[], down: false };
  const keep = async (resource: ResourceDescription): Promise<string> => {
    server.asked.push(resource);
    await new Promise(setImmediate);
    if (server.down) throw new Error('down');
    if (resource.id !== undefined && !server.known.has(resource.id)) throw new ResourceNotFoundError({ status: 404 });
    const id = resource.id ?? `id-${server.known.size + 1}`;
    server.known.set(id, resource);
    return id;
  };
  return { server, keep };
}

describe('resources kept registered (F 3)', () => {
  function kept(changes: Partial<ResourcesPorts> = {}) {
    const { server, keep } = fakeRole();
    const timers = fakeTimers();
    const store = memoryStore();
    const failed: string[] = [];
    const ports: ResourcesPorts = {
      role: { keep },
      store,
      issuer: 'http://127.0.0.1:1862',
      failed: (key) => void failed.push(key),
      timers,
      random: () => 0.5,
      ...changes,
    };
    return { server, timers, failed, ports, resources: createResources(ports) };
  }

  it('F 3.2.1: registers a held resource, and then knows it by key and by id', async () => {
    const { resources, server } = kept();
    assert.equal(resources.id('dishwasher'), undefined);
    resources.hold(DISHWASHER);
    assert.deepEqual(resources.list(), [{ key: 'dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'] }]);
    assert.equal(await resources.registered('dishwasher'), 'id-1');
    assert.equal(resources.id('dishwasher'), 'id-1');
    assert.equal(resources.id('id-1'), 'id-1');
    assert.equal(resources.id('id-2'), undefined);
    assert.deepEqual(resources.list(), [
      { key: 'dishwasher', id: 'id-1', name: 'Dishwasher', scopes: ['start', 'stop'] },
    ]);
    assert.equal(server.asked.length, 1);
  });

  it('waits with an id for a registration that is under way, and not for one that has failed', async () => {
    const { resources } = kept();
    assert.equal(await resources.idOnceSettled('dishwasher'), undefined, 'nobody holds it');
    resources.hold(DISHWASHER);
    assert.equal(await resources.idOnceSettled('dishwasher'), 'id-1');
    const away = kept({ role: { keep: () => Promise.reject(new Error('away')) } });
    away.resources.hold(DISHWASHER);
    assert.equal(await away.resources.idOnceSettled('dishwasher'), undefined);
    assert.equal(await away.resources.idOnceSettled('dishwasher'), undefined, 'the next try is only later');
    away.resources.close();
  });

  it('is single-flight, also across a deploy that lets go and holds again', async () => {
    const { resources, server } = kept();
    const release = resources.hold(DISHWASHER);
    resources.hold(DISHWASHER)();
    release();
    release();
    resources.hold({ ...DISHWASHER, scopes: ['stop', 'start'] });
    await Promise.all([resources.registered('dishwasher'), resources.registered('dishwasher')]);
    assert.equal(server.asked.length, 1);
  });

  it('asks nothing of the server after a restart without changes', async () => {
    const { resources, ports, server } = kept();
    resources.hold(DISHWASHER);
    await resources.registered('dishwasher');
    resources.close();
    const restarted = createResources(ports);
    assert.equal(restarted.id('dishwasher'), 'id-1');
    restarted.hold(DISHWASHER);
    assert.equal(await restarted.registered('dishwasher'), 'id-1');
    assert.equal(server.asked.length, 1);
  });

  it('F 3.2.3: updates what was changed, under its id, also while it is being registered', async () => {
    const { resources, server } = kept();
    resources.hold(DISHWASHER);
    await new Promise(setImmediate);
    resources.hold({ ...DISHWASHER, name: 'Big dishwasher', type: 'appliance', iconUri: 'http://x/icon' });
    assert.equal(await resources.registered('dishwasher'), 'id-1');
    assert.equal(server.known.get('id-1')?.name, 'Big dishwasher');
    assert.deepEqual(
      server.asked.map(({ id }) => id),
      [undefined, 'id-1'],
    );
  });

  it('registers again what the server has lost: told so, or answered 404 to a change', async () => {
    const { resources, server } = kept();
    resources.hold(DISHWASHER);
    await resources.registered('dishwasher');
    server.known.set('other', DISHWASHER);
    server.known.delete('id-1');
    resources.hold({ ...DISHWASHER, scopes: ['start'] });
    assert.equal(await resources.registered('dishwasher'), 'id-2');
    resources.gone('id-2');
    resources.gone('never heard of');
    assert.equal(await resources.registered('dishwasher'), 'id-3');
  });

  it('forgets the id of a lost resource that no flow holds, and asks nobody', async () => {
    const { resources, server } = kept();
    const release = resources.hold(DISHWASHER);
    await resources.registered('dishwasher');
    release();
    await new Promise(setImmediate);
    assert.equal(resources.id('dishwasher'), 'id-1', 'releasing removes nothing');
    resources.gone('id-1');
    assert.equal(resources.id('dishwasher'), undefined);
    await assert.rejects(resources.registered('dishwasher'), UnknownResourceError);
    assert.equal(server.asked.length, 1);
  });

  it('does not take ids of another server for this one', async () => {
    const { resources, ports } = kept();
    resources.hold(DISHWASHER);
    await resources.registered('dishwasher');
    const moved = createResources({ ...ports, issuer: 'https://keycloak.example' });
    assert.equal(moved.id('dishwasher'), undefined);
    assert.equal(moved.id('id-1'), undefined);
    assert.deepEqual(moved.list(), []);
    moved.hold(DISHWASHER);
    assert.equal(await moved.registered('dishwasher'), 'id-2');
  });

  it('tries again ever more slowly while the server is away, at once when it is back, and never after release', async () => {
    const { resources, server, timers, failed } = kept();
    server.down = true;
    const release = resources.hold(DISHWASHER);
    const pauses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await assert.rejects(resources.registered('dishwasher'), /down/);
      pauses.push(...timers.pending());
      timers.fire();
    }
    assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    assert.ok(failed.length >= 8);
    server.down = false;
    resources.retry();
    assert.equal(await resources.registered('dishwasher'), 'id-1');
    assert.deepEqual(timers.pending(), []);
    server.down = true;
    resources.hold({ ...DISHWASHER, name: 'New' })();
    await assert.rejects(resources.registered('dishwasher'), /down/);
    assert.equal(timers.pending().length, 1);
    release();
    assert.deepEqual(timers.pending(), []);
  });

  it('leaves no timer behind when closed', async () => {
    const { resources, server, timers } = kept();
    server.down = true;
    resources.hold(DISHWASHER);
    const registering = resources.registered('dishwasher');
    resources.close();
    await assert.rejects(registering, /down/);
    assert.deepEqual(timers.pending(), []);
  });

  it('refuses damaged records instead of guessing', () => {
    for (const stored of [
      null,
      'x',
      {},
      { key: 'a', id: 'b', issuer: 'c', fingerprint: 'd', name: 'e', scopes: [1] },
    ]) {
      const store = memoryStore();
      store.table({ name: 'resource', version: 1, read: (value) => value }).put('dishwasher', stored);
      assert.throws(() => kept({ store }).resources.id('dishwasher'), /damaged/);
    }
  });
});
