import assert from 'node:assert/strict';
import type { DeviceClient } from '../../../lib/servers/authorization-server.ts';
import { openConnectionState } from '../../../lib/servers/connection-state.ts';
import { listenTo, shortly } from './a-gateway.ts';
import { type AtHome, eachAtHome } from './at-home.ts';

/** A promise, and what keeps it. */
function gate(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve: () => resolve() };
}

describe('built-in server, changes', () => {
  let home: AtHome;
  let device: DeviceClient;

  eachAtHome((world) => {
    ({ home, device } = world);
  });

  it('tells of shares, devices, denials and panic, each with its number', async () => {
    const heard = listenTo(home.gateway);
    const share = await home.share(device);
    const granted = await heard.next('share-granted');
    assert.deepEqual([granted.share, granted.device, granted.resource], [share, device.clientId, home.resource]);
    await home.owner.call('DELETE', `/api/shares/${share}`);
    const ended = await heard.next('share-ended');
    assert.equal(ended.share, share);
    assert.ok(ended.number > granted.number);
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    await home.gateway.server.client.requestRpt(device, { permissions }, shortly());
    const waiting = await home.owner.call('GET', '/api/requests');
    await home.owner.call('POST', `/api/requests/${waiting.body.items[0].id}/deny`, {});
    assert.equal((await heard.next('request-denied')).device, device.clientId);
    await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    assert.equal((await heard.next('device-state')).state, 'quarantined');
    await home.owner.call('POST', '/api/panic', {});
    assert.equal((await heard.next('panic')).owner, 'alice');
    await home.owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    assert.equal((await heard.next('panic-ended')).owner, 'alice');
  });

  it('tells of a new request those who may read requests and nobody else; of a device, who changed it', async () => {
    const modest = await home.another('Modest', { scopes: ['uma_protection'] });
    const [heard, other] = [listenTo(home.gateway), listenTo(modest)];
    await other.next('alive');
    const permissions = [{ resource: home.resource, scopes: ['start'] }];
    await home.gateway.server.client.requestRpt(device, { permissions }, shortly());
    const made = await heard.next('request-made');
    const [{ id }] = (await home.owner.call('GET', '/api/requests')).body.items;
    assert.deepEqual([made.request, made.device, made.resource], [id, device.clientId, home.resource]);
    await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    assert.equal((await heard.next('device-state')).why, 'by_owner');
    // Everything of one owner is told to every gateway of theirs: what came before has arrived by then.
    await home.owner.call('POST', '/api/panic', {});
    await other.next('panic');
    assert.ok(!other.changes.some(({ type }) => type === 'request-made'));
  });

  it('answers the owner only when every watcher has made a change its own', async () => {
    const order: string[] = [];
    const held = gate();
    const started = gate();
    const heard = listenTo(home.gateway, async ({ type }) => {
      if (type !== 'share-ended') return;
      started.resolve();
      await held.promise;
      order.push('durable here');
    });
    const other = listenTo(home.gateway);
    const share = await home.share(device);
    await heard.next('share-granted');
    const withdrawn = home.owner.call('DELETE', `/api/shares/${share}`).then((reply) => {
      order.push('answered');
      return reply;
    });
    await started.promise;
    await other.next('share-ended');
    held.resolve();
    const { body } = await withdrawn;
    assert.deepEqual(order, ['durable here', 'answered']);
    assert.deepEqual(body.unconfirmed, []);
    assert.equal(body.gateways[0].id, home.gateway.server.clientId());
  });

  it('tells what happened while the gateway was away, once, and not what it has heard before', async () => {
    const heard = listenTo(home.gateway);
    const first = await home.share(device);
    await heard.next('share-granted');
    await home.gateway.close();
    await home.owner.call('DELETE', `/api/shares/${first}`);
    const second = await home.share(device);
    home.gateway = await home.gateway.restart();
    home.gateway.server.join.start();
    const again = listenTo(home.gateway);
    assert.equal((await again.next('share-ended')).share, first);
    assert.equal((await again.next('share-granted')).share, second);
    assert.deepEqual(
      again.changes.filter(({ type }) => type !== 'alive'),
      [],
    );
  });

  it('says so where what was missed can be told no more: after a backup was put back', async () => {
    const heard = listenTo(home.gateway);
    await home.share(device);
    await heard.next('share-granted');
    await heard.close();
    await openConnectionState(home.gateway.store, home.issuer).update({ connection: { lastEvent: 1_000 } });
    const again = listenTo(home.gateway);
    const gap = await again.next('gap');
    assert.deepEqual([gap.owner, gap.panic], ['alice', false]);
    const share = await home.share(device, { scopes: ['stop'] });
    const granted = await again.next('share-granted');
    assert.equal(granted.share, share, 'what comes next is heard, though its number is an old one');
    assert.ok(granted.number > gap.number && granted.number < 1_000);
    const { body } = await home.owner.call('DELETE', `/api/shares/${share}`);
    assert.deepEqual(body.unconfirmed, []);
  });

  it('tells a gateway that has never listened what it missed since it came in', async () => {
    const share = await home.share(device);
    const heard = listenTo(home.gateway);
    assert.equal((await heard.next('share-granted')).share, share);
  });

  it('counts as heard from only once what was missed has taken effect', async () => {
    const share = await home.share(device);
    await home.gateway.close();
    await home.owner.call('DELETE', `/api/shares/${share}`);
    home.gateway = await home.gateway.restart();
    home.gateway.server.join.start();
    let ended = false;
    const freshBefore: boolean[] = [];
    const heard = listenTo(home.gateway, async ({ type }) => {
      if (type === 'alive') freshBefore.push(!ended);
      if (type !== 'share-ended') return;
      freshBefore.push(heard.lastHeardMs() > 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended = true;
    });
    await heard.next('alive');
    assert.ok(heard.lastHeardMs() > 0);
    assert.deepEqual(freshBefore, [false, false]);
  });

  it('brings a change again whose effect could not be made durable, and acknowledges it only then', async () => {
    let attempts = 0;
    const heard = listenTo(home.gateway, ({ type }) => {
      if (type !== 'share-granted') return;
      attempts += 1;
      if (attempts === 1) throw new Error('the disk is full');
    });
    await home.share(device);
    await heard.next('share-granted');
    assert.equal(attempts, 2);
    assert.ok(home.gateway.log.some((line) => line.startsWith('changes at the server are not heard')));
  });

  it('hears at once that the server is alive, and stops with the last who listens', async () => {
    const heard = listenTo(home.gateway);
    assert.equal(heard.lastHeardMs(), 0);
    await heard.next('alive');
    assert.ok(Date.now() - heard.lastHeardMs() < 5_000);
    const second = listenTo(home.gateway);
    await heard.close();
    const share = await home.share(device);
    assert.equal((await second.next('share-granted')).share, share);
    await second.close();
    await home.share(device, { scopes: ['stop'] });
    assert.deepEqual(heard.changes, []);
  });

  it('goes on after the server was restarted', async () => {
    const heard = listenTo(home.gateway);
    await heard.next('alive');
    await home.server.close();
    home.server = await home.place.start({ port: Number(new URL(home.issuer).port) });
    await heard.next('alive');
    const share = await home.share(device);
    assert.equal((await heard.next('share-granted')).share, share);
  });
});
