/** A server put back from a backup counts on from an earlier number, and gives numbers that a gateway has heard to other events. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceClient } from '../../../lib/servers/authorization-server.ts';
import { openConnectionState } from '../../../lib/servers/connection-state.ts';
import { signIn } from '../support/home.ts';
import { ownerPassword } from '../support/running-server.ts';
import { listenTo } from './a-gateway.ts';
import { type AtHome, eachAtHome } from './at-home.ts';

describe('built-in server, put back from a backup', () => {
  let home: AtHome;
  let device: DeviceClient;

  eachAtHome((world) => {
    ({ home, device } = world);
  });

  const served = () => join(home.place.dir, 'server');
  const backup = () => join(home.place.dir, 'backup');
  const start = async () => {
    home.server = await home.place.start({ port: Number(new URL(home.issuer).port) });
    home.owner = await signIn(home.issuer);
  };
  const restart = async (between: () => Promise<void> = async () => {}) => {
    await home.server.close();
    await between();
    await start();
  };
  const back = () => {
    home.gateway.server.join.start();
    return listenTo(home.gateway);
  };
  const lastHeard = () => openConnectionState(home.gateway.store, home.issuer).connection().lastEvent ?? 0;
  /** Gives and ends shares: two events each. */
  const goOn = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const share = await home.owner.call('POST', '/api/shares', {
        ...{ resource: home.resource, party: { kind: 'device', id: device.clientId }, scopes: ['start'] },
      });
      await home.owner.call('DELETE', `/api/shares/${share.body.id}`);
    }
  };

  const forgotten = async (): Promise<object[]> =>
    (await home.owner.call('GET', '/api/history')).body.items.filter(
      ({ what, values }: { what: string; values?: object }) =>
        what === 'past_forgotten' && JSON.stringify(values).includes(String(home.gateway.server.clientId())),
    );
  const notice = async () => (await home.owner.call('GET', '/api/home')).body.forgotten;

  it('tells of a gap though the numbers have passed those that were heard', async () => {
    await restart(() => cp(served(), backup(), { recursive: true }));
    const heard = listenTo(home.gateway);
    const share = await home.share(device);
    while ((await heard.next('share-granted')).share !== share);
    await heard.close();
    await home.gateway.close();
    const before = lastHeard();
    await restart(async () => {
      await rm(served(), { recursive: true });
      await cp(backup(), served(), { recursive: true });
    });
    await goOn(5);
    home.gateway = await home.gateway.restart();
    const again = back();
    const gap = await again.next('gap');
    assert.deepEqual([gap.owner, gap.number > before], ['alice', true]);
    await again.close();
    assert.equal((await forgotten()).length, 1, 'in the owner’s history');
    assert.ok(Math.abs((await notice()).since - Date.now() / 1000) < 60, 'and on the page of the home');
    const calm = listenTo(home.gateway);
    await calm.next('alive');
    assert.deepEqual(
      calm.changes.filter(({ type }) => type === 'gap'),
      [],
      'once',
    );
    assert.equal((await forgotten()).length, 1);
    assert.equal((await home.owner.call('DELETE', '/api/forgotten')).status, 204);
    assert.equal(await notice(), undefined, 'until the owner has looked');
    assert.equal((await forgotten()).length, 1);
  });

  it('leaves a gateway stopped by a panic that the backup does not know, until its owner ends it with the password', async () => {
    await restart(() => cp(served(), backup(), { recursive: true }));
    const heard = listenTo(home.gateway);
    await home.owner.call('POST', '/api/panic', {});
    await heard.next('panic');
    await heard.close();
    await home.gateway.close();
    await restart(async () => {
      await rm(served(), { recursive: true });
      await cp(backup(), served(), { recursive: true });
    });
    home.gateway = await home.gateway.restart();
    const again = back();
    const gap = await again.next('gap');
    assert.deepEqual([gap.panic, gap.restored], [false, true]);
    assert.equal((await home.owner.call('GET', '/api/home')).body.panic.active, false);
    await home.owner.call('DELETE', '/api/panic', { password: ownerPassword });
    assert.equal((await again.next('panic-ended')).owner, 'alice');
  });

  it('an ordinary restart is no gap, however often, also for one that was away', async () => {
    const heard = listenTo(home.gateway);
    const share = await home.share(device);
    while ((await heard.next('share-granted')).share !== share);
    await heard.close();
    await home.gateway.close();
    await restart();
    await goOn(2);
    await restart();
    home.gateway = await home.gateway.restart();
    const again = back();
    await again.next('share-ended');
    await again.next('alive');
    assert.ok(!again.changes.some(({ type }) => type === 'gap'));
    assert.deepEqual([await forgotten(), await notice()], [[], undefined]);
  });
});
