import assert from 'node:assert/strict';
import { createRevocation, type Revocation } from '../../../lib/revocation/revoke.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { type FakeTimers, fakeTimers, settle } from './fake-timers.ts';
import { ask } from './tokens.ts';

/** 300 s that a token lives, 600 s of leeway. */
const KEPT_SECONDS = 900;

describe('shares that were for one message', () => {
  let store: GatewayStore;
  let server: FakeServer;
  let timers: FakeTimers;
  let now: number;
  let revocation: Revocation;

  function open(): Revocation {
    return createRevocation({ store, server, now: () => now, maxTokenLifetimeSeconds: 300, timers, random: () => 1 });
  }
  /** The process ends and begins anew: only what was stored is left. */
  async function restart(): Promise<void> {
    await revocation.close();
    server = fakeServer();
    revocation = open();
    // What an earlier run left is sent a moment later.
    timers.fire();
    await settle();
  }
  beforeEach(() => {
    store = memoryStore();
    server = fakeServer();
    timers = fakeTimers();
    now = 1_000;
    revocation = open();
  });
  afterEach(() => revocation.close());

  const orders = () => server.calls.map(({ order }) => [order.target, order.kind]);

  it('are used up from the tick on in which the message passes, and the server is told so', async () => {
    assert.equal(revocation.once.usedUp('sh_1'), false);
    assert.equal(revocation.once.use(['sh_1']), true);
    assert.equal(revocation.once.usedUp('sh_1'), true);
    assert.equal(revocation.once.use(['sh_1']), false);
    await settle();
    assert.deepEqual(orders(), [[{ share: 'sh_1' }, 'used']]);
    assert.equal(ask(revocation.denylist), undefined, 'nothing else is closed');
  });

  it('several at once are used together or not at all', async () => {
    revocation.once.use(['sh_2']);
    assert.equal(revocation.once.use(['sh_1', 'sh_2']), false);
    assert.equal(revocation.once.usedUp('sh_1'), false);
    assert.equal(revocation.once.use(['sh_1', 'sh_3']), true);
    await restart();
    for (const share of ['sh_1', 'sh_2', 'sh_3']) assert.equal(revocation.once.usedUp(share), true);
  });

  it('are used up where the process is killed before the server could be told, which is told by the next', async () => {
    revocation.once.use(['sh_1']);
    await settle();
    const [first] = server.calls;
    await restart();
    assert.equal(revocation.once.use(['sh_1']), false);
    assert.deepEqual(orders(), [[{ share: 'sh_1' }, 'used']]);
    assert.equal(server.last().order.id, first?.order.id, 'the same order: the server may know it already');
  });

  it('are told until the server has confirmed, and then no more', async () => {
    revocation.once.use(['sh_1']);
    for (let time = 1; time <= 3; time += 1) {
      await settle();
      assert.equal(server.calls.length, time);
      server.last().fail();
      await settle();
      timers.fire();
    }
    await settle();
    server.last().answer();
    await settle();
    await restart();
    assert.deepEqual(orders(), []);
    assert.equal(revocation.once.usedUp('sh_1'), true, 'its token may still be shown');
  });

  it('of one message with two shares the server hears of both, also where one was told before a restart', async () => {
    revocation.once.use(['sh_1', 'sh_2']);
    await settle();
    server.calls[0]?.answer();
    await settle();
    await restart();
    assert.deepEqual(
      orders()
        .map(([target]) => target)
        .sort(),
      [{ share: 'sh_1' }, { share: 'sh_2' }].sort(),
    );
  });

  it('are told beside an order to end the same share: neither replaces the other', async () => {
    revocation.once.use(['sh_1']);
    const revoked = revocation.revoke({ share: 'sh_1' }, { confirmWithinMs: 0 });
    await settle();
    assert.deepEqual(
      orders().sort(),
      [
        [{ share: 'sh_1' }, 'used'],
        [{ share: 'sh_1' }, undefined],
      ].sort(),
    );
    for (const call of server.calls) call.answer();
    const { receipt, later } = await revoked;
    assert.deepEqual(((await later) ?? receipt).unconfirmed, []);
  });

  it('where it cannot be written nothing was used, and nobody is told', async () => {
    const kept = store.table.bind(store);
    let full = true;
    store.table = (kind) => {
      const table = kept(kind);
      const put: typeof table.put = (...row) => {
        if (full) throw new Error('no space left');
        table.put(...row);
      };
      return { ...table, put };
    };
    await revocation.close();
    revocation = open();
    assert.throws(() => revocation.once.use(['sh_1']), /no space left/);
    await settle();
    assert.deepEqual(orders(), []);
    full = false;
    assert.equal(revocation.once.use(['sh_1']), true);
  });

  it('that the server tells of are used up too, durably before that is acknowledged, and revoked are the others', async () => {
    const ended = { type: 'share-ended', number: 1, at: now, share: 'sh_1', device: 'd', resource: 'r' } as const;
    await revocation.denyFromServer({ ...ended, why: 'used_up' });
    assert.equal(revocation.once.usedUp('sh_1'), true);
    assert.equal(ask(revocation.denylist), undefined);
    await restart();
    assert.equal(revocation.once.usedUp('sh_1'), true);
    assert.deepEqual(orders(), [], 'the server need not be told what it has told');
    await revocation.denyFromServer(ended);
    assert.equal(ask(revocation.denylist), 'revoked');
  });

  it('are forgotten once the server knows and no token of them can be alive', async () => {
    revocation.once.use(['sh_1']);
    await settle();
    now += 10_000;
    revocation.once.use(['sh_2']);
    await settle();
    assert.equal(revocation.once.usedUp('sh_1'), true, 'the server does not know yet');
    for (const { answer } of server.calls) answer();
    await settle();
    now += KEPT_SECONDS;
    await revocation.denyFromServer({ ...endedByServer('sh_3'), at: now });
    assert.equal(revocation.once.usedUp('sh_1'), true);
    now += 61;
    await revocation.denyFromServer({ ...endedByServer('sh_4'), at: now });
    assert.deepEqual(['sh_1', 'sh_2', 'sh_3', 'sh_4'].map(revocation.once.usedUp), [false, false, true, true]);
    await restart();
    assert.deepEqual(['sh_1', 'sh_2', 'sh_3', 'sh_4'].map(revocation.once.usedUp), [false, false, true, true]);
  });
});

function endedByServer(share: string) {
  return { type: 'share-ended', number: 1, share, device: 'd', resource: 'r', why: 'used_up' } as const;
}
