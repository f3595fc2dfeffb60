import assert from 'node:assert/strict';
import { createRevocation, type Revocation, type RevocationOptions } from '../../../lib/revocation/revoke.ts';
import type { Target } from '../../../lib/servers/authorization-server.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type FakeServer, fakeServer, heating } from './fake-server.ts';
import { type FakeTimers, fakeTimers, settle } from './fake-timers.ts';
import { ask, token } from './tokens.ts';

const share: Target = { share: 'sh_1' };
const fresh = token({ issuedAt: 5_000, expiresAt: 6_000 });

describe('revoke', () => {
  let store: GatewayStore;
  let server: FakeServer;
  let timers: FakeTimers;
  let now: number;
  let opened: Revocation[];
  function open(options: Partial<RevocationOptions> = {}): Revocation {
    const given = { store, server, now: () => now, timers, random: () => 1, maxTokenLifetimeSeconds: 300 };
    const revocation = createRevocation({ ...given, ...options });
    opened.push(revocation);
    return revocation;
  }
  beforeEach(() => {
    store = memoryStore();
    server = fakeServer();
    timers = fakeTimers();
    now = 1_000;
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((revocation) => revocation.close()));
    assert.deepEqual(timers.pending(), [], 'no timer outlives its owner');
  });

  it('refuses in the same tick, gives a receipt with the server in it, and leaves a cut', async () => {
    const revocation = open({ knownShares: () => [heating] });
    const asked = revocation.revoke(share);
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    await settle();
    assert.deepEqual(server.last().order, { id: server.last().order.id, target: share, at: 1_000 });
    server.last().answer({ at: 1_002, ended: [heating], gateways: [{ id: 'gw2', ms: 4 }], unconfirmed: ['gw3'] });
    const { receipt, later } = await asked;
    assert.equal(await later, undefined);
    const { localMs, serverMs, gateways } = receipt.effective;
    assert.ok(localMs >= 0 && serverMs !== undefined && serverMs >= 0);
    assert.deepEqual(gateways, [{ id: 'gw2', ms: 4 }]);
    const { effective: _, ...rest } = receipt;
    assert.deepEqual(rest, {
      id: server.last().order.id,
      target: share,
      asOf: 1_002,
      revoked: [heating],
      at: 1_000,
      unconfirmed: ['gw3'],
    });
    assert.deepEqual(revocation.receipts.get(receipt.id), receipt);
    assert.deepEqual(revocation.denylist.open(), []);
    assert.equal(ask(revocation.denylist), 'revoked');
    assert.deepEqual(revocation.outbox.waiting(), []);
    assert.deepEqual(revocation.receipts.list(), [receipt]);
  });

  it('gives the receipt after confirmWithinMs, and the confirmed one later under the same id', async () => {
    const revocation = open({ knownShares: () => [heating] });
    const asked = revocation.revoke(share, { confirmWithinMs: 700 });
    await settle();
    timers.fire(700);
    const { receipt, later } = await asked;
    assert.deepEqual([receipt.unconfirmed, receipt.asOf, receipt.revoked], [['server'], 1_000, [heating]]);
    assert.equal(receipt.effective.serverMs, undefined);
    server.last().answer({ at: 1_009 });
    const confirmed = await later;
    assert.deepEqual([confirmed?.id, confirmed?.unconfirmed, confirmed?.asOf], [receipt.id, [], 1_009]);
    assert.deepEqual(confirmed?.revoked, [heating], 'what the server does not name is known from here');
  });

  it('stays a block, through a restart too, until the server has confirmed', async () => {
    const before = open();
    const asked = before.revoke(share);
    await settle();
    server.last().fail();
    await settle();
    now = 900_000;
    assert.equal(ask(before.denylist, token({ issuedAt: 899_999 })), 'revoked');
    await before.close();
    const { receipt, later } = await asked;
    assert.equal(await later, undefined, 'closed');

    const after = open();
    assert.equal(ask(after.denylist, token({ issuedAt: 899_999 })), 'revoked');
    assert.deepEqual(
      after.outbox.waiting().map(({ id }) => id),
      [receipt.id],
    );
    timers.fire();
    await settle();
    assert.equal(server.last().order.id, receipt.id, 'the same order');
    server.last().answer({ at: 900_000 });
    await settle();
    assert.deepEqual(after.denylist.open(), []);
    const kept = after.receipts.get(receipt.id);
    assert.deepEqual(kept?.unconfirmed, []);
    assert.equal(kept?.effective.serverMs, 899_000_000);
  });

  it('refuses and tells the server where the disk refuses, and says so', async () => {
    const full = { ...store, transaction: () => Promise.reject(new Error('disk full')) };
    const revocation = open({ store: full });
    const asked = revocation.revoke(share);
    await assert.rejects(asked, /disk full/);
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    await settle();
    assert.deepEqual(
      server.calls.map(({ order }) => order.target),
      [share],
    );
    server.last().answer();
    await settle();
    assert.equal(ask(revocation.denylist, fresh), 'revoked', 'what could not be kept as a cut stays a block');
    assert.equal(revocation.outbox.waiting().length, 1);
  });

  it('is not kept from refusing by a fault in what it asks', async () => {
    const revocation = open({ knownShares: () => assert.fail('mine') });
    const asked = revocation.revoke(share);
    assert.equal(ask(revocation.denylist), 'revoked');
    await settle();
    server.last().answer();
    await asked;
  });

  it('puts denial, order and receipt on disk together, or none of them', async () => {
    const receipts = store.table({ name: 'receipts', version: 1, read: (stored) => stored });
    const broken: GatewayStore = {
      ...store,
      table: (kind) => {
        const table = store.table(kind);
        return kind.name === 'receipts' ? { ...table, put: () => assert.fail('no receipt') } : table;
      },
    };
    await assert.rejects(open({ store: broken }).revoke(share), /no receipt/);
    for (const name of ['denials', 'outbox']) {
      assert.deepEqual([...store.table({ name, version: 1, read: (stored) => stored }).entries()], []);
    }
    assert.deepEqual([...receipts.entries()], []);
  });

  it('sends one order for a target that is revoked again and again while the server is away', async () => {
    const revocation = open();
    const first = revocation.revoke(share);
    await settle();
    server.last().fail();
    await settle();
    const calls = [first];
    for (let n = 0; n < 3; n++) calls.push(revocation.revoke(share));
    await settle();
    assert.equal(server.calls.length, 2, 'one on its way, and one that waits for it');
    assert.equal(revocation.outbox.waiting().length, 2);
    server.last().fail();
    await settle();
    calls.push(revocation.revoke(share));
    await settle();
    assert.equal(revocation.outbox.waiting().length, 1);
    assert.equal(revocation.denylist.open().length, 1);
    server.last().answer({ at: 1_003 });
    for (const call of await Promise.all(calls)) {
      assert.deepEqual(revocation.receipts.get(call.receipt.id)?.unconfirmed, []);
    }
    assert.deepEqual(revocation.denylist.open(), []);
    assert.deepEqual([...store.table({ name: 'outbox', version: 1, read: (stored) => stored }).entries()], []);
    assert.equal([...store.table({ name: 'denials', version: 1, read: (stored) => stored }).entries()].length, 1);
  });

  it('remembers only so many calls for one order', async () => {
    const revocation = open();
    const all = Array.from({ length: 130 }, () => revocation.revoke(share, { confirmWithinMs: 1 }));
    await settle();
    timers.fire(1);
    const revoked = await Promise.all(all);
    await Promise.all(revoked.slice(1, 30).map(async ({ later }) => assert.equal(await later, undefined)));
    server.last().answer();
    await settle();
    server.last().answer();
    assert.ok(await revoked.at(-1)?.later);
    assert.ok(await revoked.at(-100)?.later);
  });

  it('is refused once it is closed', async () => {
    const revocation = open();
    await revocation.close();
    await assert.rejects(revocation.revoke(share), { code: 'closed', hint: { key: 'hint.revocation_closed' } });
  });
});
