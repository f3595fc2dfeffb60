import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRevocation } from '../../lib/revocation/revoke.ts';
import type { EndOrder } from '../../lib/servers/authorization-server.ts';
import { freshPlace, type StorePlace } from '../unit/store/fresh-store.ts';

const script = fileURLToPath(new URL('./store-revocation-child.ts', import.meta.url));

describe('revocation on disk', function () {
  this.timeout(60_000);
  let place: StorePlace;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    place = freshPlace();
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await place.remove();
  });

  /** What the process had said when it was killed in the middle of its work. */
  async function untilKilled(what: 'revoke' | 'use'): Promise<string[][]> {
    const running = spawn(process.execPath, ['--import=tsx/esm', script, place.dir, place.keyDir, what], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = running;
    const given: string[][] = [];
    for await (const line of createInterface({ input: running.stdout })) {
      given.push(line.split(' '));
      if (given.length === 30) running.kill('SIGKILL');
    }
    assert.ok(given.length >= 30);
    // What it printed ends a moment before it does.
    if (running.signalCode === null) await once(running, 'exit');
    return given;
  }

  async function opened() {
    const told = new Map<string, EndOrder>();
    const server = {
      end: async (order: EndOrder) => {
        told.set(order.id, order);
        return { at: Date.now() / 1000, ended: [], gateways: [], unconfirmed: [] };
      },
    };
    const now = () => Date.now() / 1000;
    const store = await place.open();
    const revocation = createRevocation({ store, server, now, random: () => 0, maxTokenLifetimeSeconds: 300 });
    return { revocation, told, now };
  }

  it('refuses after kill -9 whatever a receipt was given for, and tells the server of it then', async () => {
    const given = await untilKilled('revoke');
    const { revocation, told, now } = await opened();
    const issuedAt = now() + 3_600;
    for (const [id = '', share = ''] of given) {
      const permissions = [{ resource: 'boiler', scopes: ['on'], share }];
      const facts = { device: 'd', issuedAt, expiresAt: issuedAt + 300, permissions };
      assert.equal(revocation.denylist.denies('hash', facts, [{ resource: 'boiler', scopes: ['on'] }]), 'revoked');
      assert.deepEqual(revocation.receipts.get(id)?.unconfirmed, ['server']);
    }
    while (revocation.outbox.waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const [id = '', share = ''] of given) {
      assert.deepEqual(told.get(id)?.target, { share });
      assert.deepEqual(revocation.receipts.get(id)?.unconfirmed, []);
    }
    await revocation.close();
  });

  it('knows after kill -9 of every message that used a share up, and tells the server of it then', async () => {
    const given = await untilKilled('use');
    const { revocation, told } = await opened();
    for (const [, share = ''] of given) assert.equal(revocation.once.use([share]), false, share);
    while (revocation.outbox.waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
    const targets = [...told.values()].map(({ target, kind }) => ({ target, kind }));
    for (const [, share = ''] of given) {
      assert.deepEqual(
        targets.filter(({ target }) => 'share' in target && target.share === share),
        [{ target: { share }, kind: 'used' }],
      );
    }
    await revocation.close();
  });
});
