import assert from 'node:assert/strict';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { type AGateway, aGateway, joined } from './a-gateway.ts';

describe('built-in server, joining', () => {
  let place: ServerPlace;
  let server: RunningServer;
  let owner: OwnerSession;
  const gateways: AGateway[] = [];
  const keep = (gateway: AGateway) => {
    gateways.push(gateway);
    return gateway;
  };

  beforeEach(async () => {
    place = await serverPlace();
    server = await place.start();
    owner = await signIn(server.issuer);
  });
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.close();
    await server.close();
    await place.remove();
  });

  it('RFC 8628: shows a code, and is in once the owner has approved it', async () => {
    const gateway = keep(await aGateway({ issuer: server.issuer }));
    gateway.server.join.start();
    const { userCode, verificationUri } = await gateway.reaches('waiting-for-owner');
    assert.equal(verificationUri, `${server.issuer}/device`);
    const waiting = await owner.call('GET', `/api/codes/${userCode}`);
    assert.equal(waiting.body.name, 'Node-RED in the hall');
    assert.equal(waiting.body.fingerprint, gateway.server.keyFingerprint);
    await owner.call('POST', `/api/codes/${userCode}/approve`, {});
    await gateway.reaches('ready');
    assert.deepEqual(
      gateway.steps.map(({ phase }) => phase),
      ['waiting-for-owner', 'ready'],
    );
    assert.equal(gateway.server.clientId(), waiting.body.clientId);
  });

  it('asks for another code after a no, and after that one is approved it is in', async () => {
    const gateway = keep(await aGateway({ issuer: server.issuer }));
    gateway.server.join.start();
    const first = await gateway.reaches('waiting-for-owner');
    await owner.call('POST', `/api/codes/${first.userCode}/deny`, {});
    const failed = await gateway.reaches('failed');
    assert.equal(failed.error.key, 'hint.join_denied');
    const second = await gateway.reaches('waiting-for-owner');
    assert.notEqual(second.userCode, first.userCode);
    await owner.call('POST', `/api/codes/${second.userCode}/approve`, {});
    await gateway.reaches('ready');
  });

  it('is not in when the owner approves sharing only; says so, and asks again', async () => {
    const gateway = keep(await aGateway({ issuer: server.issuer }));
    gateway.server.join.start();
    const { userCode } = await gateway.reaches('waiting-for-owner');
    await owner.call('POST', `/api/codes/${userCode}/approve`, { scopes: ['shares:read'] });
    assert.equal((await gateway.reaches('failed')).error.key, 'hint.join_withheld');
    const again = await gateway.reaches('waiting-for-owner');
    assert.notEqual(again.userCode, userCode);
  });

  it('needs no code with a registration token, and has the owner’s authority too', async () => {
    const made = await owner.call('POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 60 });
    const gateway = keep(await aGateway({ issuer: server.issuer, registrationToken: made.body.token }));
    gateway.server.join.start();
    await gateway.reaches('ready');
    assert.deepEqual(gateway.steps, [{ phase: 'ready' }]);
    await eventually(async () => (await gateway.server.owner('')).shares());
  });

  it('waits for a code where the registration token is not accepted', async () => {
    const gateway = keep(await aGateway({ issuer: server.issuer, registrationToken: 'no-such-token' }));
    gateway.server.join.start();
    await gateway.reaches('waiting-for-owner');
  });

  it('tells that there is no owner yet; setting the server up lets the gateway in with the same step', async () => {
    await server.close();
    await place.remove();
    place = await serverPlace();
    server = await place.start({ owner: undefined as never });
    const gateway = keep(await aGateway({ issuer: server.issuer }));
    gateway.server.join.start();
    const { userCode } = await gateway.reaches('no-owner');
    const code = new URL(server.setUpLink() ?? '').searchParams.get('code');
    const setUp = await fetch(`${server.issuer}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, name: 'alice', password: 'correct horse battery', connect: userCode }),
    });
    assert.equal(setUp.status, 201);
    await gateway.reaches('ready');
    assert.equal((await (await gateway.server.owner('')).shares()).items.length, 0);
  });

  it('shows the same code after a restart, and is in if it was approved in between', async () => {
    const before = await aGateway({ issuer: server.issuer });
    before.server.join.start();
    const { userCode } = await before.reaches('waiting-for-owner');
    const clientId = before.server.clientId();
    const between = await before.restart();
    between.server.join.start();
    assert.equal((await between.reaches('waiting-for-owner')).userCode, userCode);
    await between.close();
    await owner.call('POST', `/api/codes/${userCode}/approve`, {});
    const after = keep(await between.restart());
    after.server.join.start();
    await after.reaches('ready');
    assert.equal(after.server.clientId(), clientId);
    await eventually(async () => (await after.server.owner('')).shares());
  });

  it('is in at once after a restart, without a code and without a registration', async () => {
    const before = await joined(server.issuer, owner);
    const clientId = before.server.clientId();
    const after = keep(await before.restart());
    after.server.join.start();
    await after.reaches('ready');
    assert.deepEqual(after.steps, [{ phase: 'ready' }]);
    assert.equal(after.server.clientId(), clientId);
    assert.equal((await (await after.server.owner('')).shares()).items.length, 0);
  });

  it('waits for a server that is not there yet, and is in when it comes', async () => {
    const before = await joined(server.issuer, owner);
    await server.close();
    const after = keep(await before.restart());
    after.server.join.start();
    const { error } = await after.reaches('unreachable');
    assert.match(error.key, /^hint\.unreachable/);
    server = await place.start({ port: Number(new URL(server.issuer).port) });
    await after.reaches('ready');
  });

  it('refuses a server in the old one’s place until an operator has said that it is another', async () => {
    const before = await joined(server.issuer, owner);
    await server.close();
    await place.remove();
    place = await serverPlace();
    server = await place.start({ port: Number(new URL(server.issuer).port) });
    const after = await before.restart();
    after.server.join.start();
    assert.equal((await after.reaches('failed')).error.key, 'hint.server_key_changed');
    await assert.rejects(after.server.signingKeys(), { code: 'server_key_changed' });
    await after.server.forget();
    const fresh = keep(await after.restart());
    fresh.server.join.start();
    await fresh.reaches('waiting-for-owner');
  });

  it('stays out when the owner stops it: its key is registered for nobody any more', async () => {
    const gateway = keep(await joined(server.issuer, owner));
    await owner.call('DELETE', `/api/gateways/${gateway.server.clientId()}`);
    await assert.rejects(gateway.server.devices.standing('any'), { code: 'not_registered' });
    assert.equal((await gateway.reaches('failed')).error.key, 'hint.gateway_refused');
  });

  it('keeps the code, tokens and key out of steps and log', async () => {
    const gateway = keep(await joined(server.issuer, owner));
    const told = JSON.stringify([gateway.steps, gateway.log]);
    const secrets = JSON.stringify([
      ...gateway.store.table({ name: 'server-secrets', version: 1, read: (row) => row }).entries(),
    ]);
    for (const secret of secrets.match(/[A-Za-z0-9_-]{20,}/g) ?? []) assert.ok(!told.includes(secret));
  });
});

/** Something that follows by itself shortly after: asked for until it is there. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'OwnerNotConnected') throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
