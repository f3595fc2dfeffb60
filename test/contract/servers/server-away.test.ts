import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnreachableError } from '../../../lib/uma/errors.ts';
import { freePort } from '../../support/free-port.ts';
import { signIn } from '../support/home.ts';
import { ownerName, ownerPassword } from '../support/running-server.ts';
import { type AGateway, aDevice, joined, listenTo, shortly } from './a-gateway.ts';

/** What a server that is away may cost at most: refused connections are known at once, hung ones by time-out. */
const QUICKLY_MS = 1_500;
const TIMEOUT_MS = 500;

describe('built-in server, at an address: killed, stopped, hung', function () {
  this.timeout(30_000);
  let dir: string;
  let issuer: string;
  let server: ChildProcess;
  let gateway: AGateway;
  const faults: unknown[] = [];
  const fault = (reason: unknown) => void faults.push(reason);

  async function start(): Promise<ChildProcess> {
    const args = ['--import=tsx/esm', 'bin/server.ts', '--dir', dir, '--port', new URL(issuer).port];
    const env = { ...process.env, UMA_OWNER: ownerName, UMA_OWNER_PASSWORD: ownerPassword };
    const child = spawn(process.execPath, [...args, '--rate-limits', 'off'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => assert.fail('the server did not start')),
    ]);
    return child;
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }

  beforeEach(async () => {
    process.on('unhandledRejection', fault);
    dir = await mkdtemp(join(tmpdir(), 'uma-away-'));
    issuer = `http://127.0.0.1:${await freePort()}`;
    server = await start();
    gateway = await joined(issuer, await signIn(issuer), { totalMs: TIMEOUT_MS });
  });
  afterEach(async () => {
    await gateway.close();
    await kill();
    await rm(dir, { recursive: true, force: true });
    process.off('unhandledRejection', fault);
    assert.deepEqual(faults.splice(0), []);
  });

  const register = () => gateway.server.resourceServer.keep({ key: 'lamp', name: 'Lamp', scopes: ['on'] });

  /** Everything that asks the server, at once. */
  async function askEverything(): Promise<unknown[]> {
    const device = {
      clientId: 'dev_x',
      privateKey: gateway.key.privateKey,
      publicJwk: {},
      algorithm: 'ES256',
    } as const;
    const owner = await gateway.server.owner(ownerName);
    const asked = await Promise.allSettled([
      register(),
      gateway.server.resourceServer.requestTicket([{ resource: 'res_x', scopes: ['on'] }], shortly()),
      gateway.server.devices.standing('dev_x'),
      gateway.server.devices.setState('dev_x', 'quarantined'),
      gateway.server.end({ id: 'o', target: { share: 'sh_x' }, at: 0 }),
      gateway.server.end({ id: 'p', target: { everything: ownerName }, at: 0 }),
      gateway.server.signingKeys(),
      owner.shares(),
      gateway.server.client.requestRpt(
        { ...device, publicJwk: { ...gateway.key.publicJwk } },
        { ticket: 't' },
        shortly(),
      ),
    ]);
    return asked.map((one) => (one.status === 'rejected' ? one.reason : one.value));
  }

  for (const [what, stop] of [
    ['killed', () => kill()],
    ['hung', async () => void server.kill('SIGSTOP')],
  ] as const) {
    it(`${what}: every call ends soon and says "unreachable"`, async () => {
      await register();
      await (await gateway.server.owner(ownerName)).shares();
      await stop();
      const startedMs = performance.now();
      for (const error of await askEverything()) {
        assert.ok(error instanceof UnreachableError, String(error));
        assert.equal(error.code, 'unreachable');
        assert.match(error.hint.key, /^hint\.unreachable/);
      }
      assert.ok(performance.now() - startedMs < QUICKLY_MS);
    });
  }

  it('killed and started again: everything is remembered on both sides, and changes are heard again', async () => {
    const heard = listenTo(gateway);
    await heard.next('alive');
    const device = await aDevice(gateway);
    const lamp = await register();
    const owner = await gateway.server.owner(ownerName);
    const share = await owner.grant({
      resource: lamp,
      party: { kind: 'device', id: device.clientId },
      scopes: ['on'],
      conditions: {},
    });
    await heard.next('share-granted');
    await kill();
    server = await start();
    await heard.next('alive');
    assert.equal((await gateway.server.devices.standing(device.clientId)).state, 'active');
    const permissions = [{ resource: lamp, scopes: ['on'] }];
    const outcome = await gateway.server.client.requestRpt(device, { permissions }, shortly());
    assert.equal(outcome.kind, 'granted');
    assert.deepEqual(
      (await owner.shares()).items.map(({ id }) => id),
      [share.id],
    );
    const report = await gateway.server.end({ id: 'after', target: { share: share.id }, at: 0 });
    assert.equal(report.ended.length, 1);
    assert.equal((await heard.next('share-ended')).share, share.id);
  });

  it('an order that was cut off by a kill is carried out by the same order again', async () => {
    const device = await aDevice(gateway);
    const lamp = await register();
    const owner = await gateway.server.owner(ownerName);
    const party = { kind: 'device', id: device.clientId } as const;
    const share = await owner.grant({ resource: lamp, party, scopes: ['on'], conditions: {} });
    const order = { id: 'once', target: { device: device.clientId }, at: 0 };
    const cut = gateway.server.end(order).catch((error: unknown) => error);
    await kill();
    await cut;
    server = await start();
    const report = await gateway.server.end(order);
    assert.deepEqual(
      report.ended.map((one) => one.share),
      [share.id],
    );
    assert.deepEqual((await owner.shares()).items, []);
  });

  it('closing while the server hangs ends at once, and leaves no timer and no socket', async () => {
    const watch = listenTo(gateway);
    await watch.next('alive');
    server.kill('SIGSTOP');
    const asked = gateway.server.devices.standing('dev_x').catch((error: unknown) => error);
    await gateway.close();
    await asked;
    const left = process.getActiveResourcesInfo().filter((kind) => /^(?:Timeout|TCPSocketWrap|TLSWrap)$/.test(kind));
    assert.deepEqual(left.filter((kind) => kind !== 'Timeout').length, 0);
    assert.ok(left.length <= 1, `${left}: mocha's own timer at most`);
  });
});
