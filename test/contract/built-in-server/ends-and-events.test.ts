import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { connectGateway, type Home, openHome } from '../support/home.ts';
import { clientOf, type TestClient } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';

describe('what gateways hear and end', function () {
  // Some answers wait a second for a gateway that does not acknowledge.
  this.timeout(15_000);
  let home: Home;
  let events: EventStream;
  const call = (method: string, path: string, body?: unknown) => home.gateway.call(method, path, home.pat, body);
  const end = (target: object, more: object = {}) =>
    call('POST', '/ends', { id: `order-${Math.random()}`, target, ...more });
  const ofType = (type: string) => events.next(({ data }) => data.type === type);
  const acknowledge = async (number: number) =>
    assert.equal((await call('POST', '/events/ack', { number })).status, 204);
  const isActive = async (rpt: string) =>
    (await home.gateway.authenticated('/token/introspection', { token: rpt })).body.active;
  const newRpt = async (device: TestClient): Promise<string> =>
    (await device.rpt(await home.ticket())).body.access_token;
  const ownDevice = async (): Promise<TestClient> => {
    const key = await newKey();
    const { body } = await call('POST', '/reg', { jwks: { keys: [key.publicJwk] } });
    return clientOf(home.issuer, body.client_id, key);
  };

  before(async () => {
    home = await openHome();
  });
  beforeEach(async () => {
    events = await openEvents(home.gateway, home.pat);
  });
  afterEach(() => events.close());
  after(() => home.close());

  it('beats its heart at once, so that the gateway knows the server is there', async () => {
    assert.equal(await events.heartbeat(), ': alive');
  });

  it('tells of a share given and ended; withdrawing answers once the gateway has acknowledged', async () => {
    const device = await home.stranger();
    const share = await home.share(device);
    const granted = await ofType('share-granted');
    assert.deepEqual(granted.data, {
      type: 'share-granted',
      at: granted.data.at,
      share,
      device: device.clientId,
      resource: home.resource,
    });
    assert.equal(granted.event, 'change');
    const withdrawing = home.owner.call('DELETE', `/api/shares/${share}`);
    const ended = await ofType('share-ended');
    await acknowledge(ended.id);
    const { status, body } = await withdrawing;
    assert.equal(status, 200);
    assert.deepEqual(
      body.gateways.map((one: { id: string }) => one.id),
      [home.gateway.clientId],
    );
    assert.deepEqual(body.unconfirmed, []);
  });

  it('names who has not acknowledged within a second', async () => {
    const share = await home.share(await home.stranger());
    const { status, body } = await home.owner.call('DELETE', `/api/shares/${share}`);
    assert.deepEqual([status, body.gateways, body.unconfirmed], [200, [], [home.gateway.clientId]]);
  });

  it('a device that ends its own tokens in a loop fills no history, and every end is told', async () => {
    const device = await home.stranger();
    await home.share(device);
    for (let n = 0; n < 3; n += 1) await device.authenticated('/token/revocation', { token: await newRpt(device) });
    const { items } = (await home.owner.call('GET', '/api/history')).body;
    const own = items.filter(
      (line: { what: string; device?: string }) => line.what === 'token_revoked' && line.device === device.clientId,
    );
    assert.equal(own.length, 1);
    for (let n = 0; n < 3; n += 1) await ofType('token-revoked');
  });

  it('RFC 7009: a revoked token is told by its hash, and the answer waits for the gateway', async () => {
    const device = await home.stranger();
    await home.share(device);
    const rpt = await newRpt(device);
    const revoking = device.authenticated('/token/revocation', { token: rpt });
    const told = await ofType('token-revoked');
    assert.equal(told.data.tokenHash, createHash('sha256').update(rpt).digest('base64url'));
    const first = await Promise.race([revoking.then(() => 'answered'), call('GET', '/resources').then(() => 'waits')]);
    assert.equal(first, 'waits');
    await acknowledge(told.id);
    assert.equal((await revoking).status, 200);
  });

  it('replays what was missed from the last number on, and nothing else', async () => {
    const device = await home.stranger();
    await home.share(device);
    const { id } = await ofType('share-granted');
    await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    const again = await openEvents(home.gateway, home.pat, id);
    const missed = await again.next();
    assert.deepEqual([missed.data.type, missed.data.state, missed.id > id], ['device-state', 'quarantined', true]);
    again.close();
  });

  it('tells a gateway only what concerns it', async () => {
    const other = await connectGateway(home.issuer, home.owner, 'another');
    const stream = await openEvents(other, await other.pat());
    await home.share(await home.stranger());
    await home.owner.call('POST', '/api/panic', {});
    const first = await stream.next();
    assert.equal(first.data.type, 'panic');
    stream.close();
    await home.owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
  });

  it('closes the stream of a gateway that its owner stopped', async () => {
    const other = await connectGateway(home.issuer, home.owner, 'short-lived');
    const stream = await openEvents(other, await other.pat());
    await home.owner.call('DELETE', `/api/gateways/${other.clientId}`);
    await stream.ended;
  });

  describe('POST /ends', () => {
    it('ends a share on its own resource, says so, and says the same again for the same order', async () => {
      const device = await home.stranger();
      const share = await home.share(device);
      const rpt = await newRpt(device);
      const order = { id: 'once', target: { share } };
      const first = await call('POST', '/ends', order);
      assert.equal(first.status, 200);
      const ended = [{ share, device: device.clientId, resource: home.resource, scopes: ['start'] }];
      assert.deepEqual(first.body.ended, ended);
      assert.ok(Number.isInteger(first.body.at));
      assert.equal(await isActive(rpt), false);
      const later = await home.share(device);
      const again = await call('POST', '/ends', order);
      assert.deepEqual([again.body.ended, again.body.at], [ended, first.body.at]);
      assert.equal((await device.rpt(await home.ticket())).status, 200, 'the new share is not touched');
      await home.owner.call('DELETE', `/api/shares/${later}`);
    });

    it('ends a token by its hash, a pair’s scopes, a resource’s shares and everything of its owner here', async () => {
      const device = await home.stranger();
      const share = await home.share(device, { scopes: ['start', 'stop'] });
      const rpt = await newRpt(device);
      await end({ token: createHash('sha256').update(rpt).digest('base64url') });
      assert.equal(await isActive(rpt), false);
      const pair = { device: device.clientId, resource: home.resource, scopes: ['start'] };
      const part = await end({ pair });
      assert.deepEqual(part.body.ended, [
        { share, device: device.clientId, resource: home.resource, scopes: ['start'] },
      ]);
      assert.equal((await device.rpt(await home.ticket(['start']))).body.error, 'request_submitted');
      assert.equal((await device.rpt(await home.ticket(['stop']))).status, 200);
      const oven = await home.addResource('oven', ['heat']);
      const heating = await home.share(device, { resource: oven, scopes: ['heat'] });
      const whole = await end({ resource: oven });
      assert.deepEqual(whole.body.ended, [
        { share: heating, device: device.clientId, resource: oven, scopes: ['heat'] },
      ]);
      assert.ok((await end({ everything: 'alice' })).body.ended.length >= 1);
      assert.deepEqual((await end({ everything: 'bob' })).body.ended, []);
    });

    it('quarantines and retires a device it holds; only the owner wakes it', async () => {
      const device = await ownDevice();
      await home.share(device);
      const state = async () => (await call('GET', `/devices/${device.clientId}`)).body.state;
      await end({ device: device.clientId }, { kind: 'quarantine' });
      assert.equal(await state(), 'quarantined');
      assert.equal((await device.rpt(await home.ticket())).body.error, 'request_denied');
      const wake = await call('POST', `/devices/${device.clientId}/state`, { state: 'active' });
      assert.equal(wake.status, 400);
      await home.owner.call('POST', `/api/devices/${device.clientId}/resume`, {});
      assert.equal((await device.rpt(await home.ticket())).status, 200, 'the share has outlived it');
      await call('POST', `/devices/${device.clientId}/state`, { state: 'quarantined' });
      assert.equal(await state(), 'quarantined');
      await call('POST', `/devices/${device.clientId}/state`, { state: 'retired' });
      assert.equal(await state(), 'retired');
      const back = await call('POST', `/devices/${device.clientId}/state`, { state: 'quarantined' });
      assert.deepEqual([back.status, back.body.error], [409, 'device_retired']);
    });

    it('says how a device outside stands to the gateway that something of its own is shared with, and no more of it', async () => {
      const device = await home.stranger();
      const ask = () => call('GET', `/devices/${device.clientId}`);
      assert.equal((await ask()).status, 404);
      const share = await home.share(device);
      await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
      const { body } = await ask();
      const known = { client_id: device.clientId, name: 'thermostat', state: 'quarantined', assurance: 'device' };
      assert.deepEqual(body, known);
      const state = await call('POST', `/devices/${device.clientId}/state`, { state: 'retired' });
      assert.equal(state.status, 404, 'to stop it is not this gateway’s');
      await home.owner.call('DELETE', `/api/shares/${share}`);
      assert.equal((await ask()).status, 404);
    });

    it('ends nothing that is another gateway’s, and does not say whether it is there', async () => {
      const other = await connectGateway(home.issuer, home.owner, 'nosy');
      const pat = await other.pat();
      const device = await ownDevice();
      const share = await home.share(device);
      const rpt = await newRpt(device);
      const targets = [
        { share },
        { device: device.clientId },
        { resource: home.resource },
        { token: createHash('sha256').update(rpt).digest('base64url') },
        { share: 'nothing' },
      ];
      for (const [index, target] of targets.entries()) {
        const reply = await other.call('POST', '/ends', pat, { id: `nosy-${index}`, target, kind: 'retire' });
        assert.deepEqual([reply.status, reply.body.ended, reply.body.unconfirmed], [200, [], []]);
      }
      assert.equal(await isActive(rpt), true);
      assert.equal((await other.call('GET', `/devices/${device.clientId}`, pat)).status, 404);
      const state = await other.call('POST', `/devices/${device.clientId}/state`, pat, { state: 'retired' });
      assert.equal(state.status, 404);
    });

    it('refuses orders that make no sense', async () => {
      const bad = [
        {},
        { id: 'x' },
        { id: 'x', target: {} },
        { id: 'x', target: { share: 'a', device: 'b' } },
        { id: 'x', target: { planet: 'a' } },
        { id: 'x', target: { pair: { device: 'a', resource: 'b', scopes: [] } } },
        { id: 'x', target: { share: 7 } },
        { id: 'x', target: { share: 'a' }, kind: 'destroy' },
        { id: '', target: { share: 'a' } },
        { id: 'x'.repeat(201), target: { share: 'a' } },
      ];
      for (const order of bad) assert.equal((await call('POST', '/ends', order)).status, 400, JSON.stringify(order));
    });
  });
});
