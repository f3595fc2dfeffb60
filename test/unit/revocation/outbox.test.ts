import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../lib/revocation/lane.ts';
import { createOutbox, type Outbox } from '../../../lib/revocation/outbox.ts';
import { systemTimers, within } from '../../../lib/revocation/timers.ts';
import type { EndReport } from '../../../lib/servers/authorization-server.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { type FakeTimers, fakeTimers, settle } from './fake-timers.ts';

const entry = (id: string, target: OutboxEntry['order']['target'] = { share: id }): OutboxEntry => ({
  order: { id, target, at: 1_000 },
  receipts: [id],
});

describe('outbox', () => {
  let store: GatewayStore;
  let server: FakeServer;
  let timers: FakeTimers;
  let reports: [string, EndReport][];
  let outbox: Outbox;
  function open(random = 1): Outbox {
    const confirmed = async (done: OutboxEntry, report: EndReport) => void reports.push([done.order.id, report]);
    return createOutbox({ store, end: server.end, confirmed, timers, random: () => random });
  }
  beforeEach(() => {
    store = memoryStore();
    server = fakeServer();
    timers = fakeTimers();
    reports = [];
    outbox = open();
  });
  afterEach(async () => {
    await outbox.close();
    assert.deepEqual(timers.pending(), []);
  });
  const start = (each: OutboxEntry) => outbox.start(each, Promise.resolve());
  const waits = () => timers.pending().filter((ms) => ms !== 30_000);

  it('tries again with a growing delay until the server confirms, never twice at once', async () => {
    const sent = start(entry('a'));
    const delays: number[] = [];
    for (let n = 0; n < 11; n++) {
      await settle();
      assert.equal(server.calls.length, n + 1);
      server.last().fail();
      await settle();
      assert.equal(server.calls.length, n + 1);
      delays.push(...waits());
      timers.fire();
    }
    assert.deepEqual(
      delays,
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((s) => s * 1_000),
    );
    await settle();
    server.last().answer({ at: 7 });
    assert.equal(await sent, true);
    assert.deepEqual(reports, [['a', { at: 7, ended: [], gateways: [], unconfirmed: [] }]]);
    assert.deepEqual(outbox.waiting(), []);
  });

  it('spreads the tries of many gateways', async () => {
    outbox = open(0);
    void start(entry('a'));
    await settle();
    server.last().fail();
    await settle();
    assert.deepEqual(waits(), [500]);
  });

  it('tries at once when the server is heard again', async () => {
    void start(entry('a'));
    await settle();
    outbox.kick();
    assert.equal(server.calls.length, 1, 'it is being asked already');
    server.last().fail();
    await settle();
    outbox.kick();
    timers.fire(0);
    await settle();
    assert.equal(server.calls.length, 2);
  });

  it('begins with short delays again once the server was heard', async () => {
    void start(entry('a'));
    for (let n = 0; n < 4; n++) {
      await settle();
      server.last().fail();
      await settle();
      if (n < 3) timers.fire();
    }
    assert.deepEqual(waits(), [8_000]);
    outbox.kick();
    timers.fire(0);
    await settle();
    server.last().fail();
    await settle();
    assert.deepEqual(waits(), [1_000]);
  });

  it('asks again for the older order before it goes on to the newer', async () => {
    void start(entry('a'));
    await settle();
    void start(entry('b', { share: 'a' }));
    server.last().fail();
    await settle();
    assert.deepEqual(
      outbox.replaceable({ share: 'a' }).map(({ order }) => order.id),
      ['a', 'b'],
    );
    timers.fire(1_000);
    await settle();
    assert.equal(server.last().order.id, 'a');
  });

  it('gives up on an answer that does not come, and takes none that comes too late', async () => {
    void start(entry('a'));
    await settle();
    const hanging = server.last();
    assert.equal(hanging.signal.aborted, false);
    timers.fire(30_000);
    assert.equal(hanging.signal.aborted, true);
    await settle();
    hanging.answer();
    await settle();
    assert.deepEqual(reports, []);
    assert.deepEqual(waits(), [1_000]);
  });

  it('asks again where the confirmation could not be kept', async () => {
    let full = true;
    const confirmed = async () => {
      if (full) throw new Error('disk full');
    };
    outbox = createOutbox({ store, end: server.end, confirmed, timers, random: () => 1 });
    const sent = start(entry('a'));
    await settle();
    server.last().answer();
    await settle();
    assert.equal(outbox.waiting().length, 1);
    full = false;
    timers.fire();
    await settle();
    server.last().answer();
    assert.equal(await sent, true);
  });

  it('sends an order whose write failed all the same, once that is known', async () => {
    let refuse = (_: Error) => {};
    const ready = new Promise<void>((_, reject) => {
      refuse = reject;
    });
    void outbox.start(entry('a'), ready);
    await settle();
    assert.equal(server.calls.length, 0);
    refuse(new Error('disk full'));
    await settle();
    assert.equal(server.calls.length, 1);
  });

  it('lets orders for different targets go side by side, and for one target one after the other', async () => {
    const target = { pair: { device: 'd', resource: 'r', scopes: ['b', 'a'] } };
    void start(entry('a', target));
    void start(entry('b', { device: 'd' }));
    const next = start(entry('c', { pair: { ...target.pair, scopes: ['a', 'b', 'a'] } }));
    await settle();
    assert.deepEqual(
      server.calls.map(({ order }) => order.id),
      ['a', 'b'],
    );
    assert.deepEqual(
      outbox.replaceable(target).map(({ order }) => order.id),
      ['c'],
    );
    server.calls[0]?.answer();
    await settle();
    assert.equal(server.last().order.id, 'c');
    server.last().answer();
    assert.equal(await next, true);
  });

  it('takes up after a restart what was left, spread over some time', async () => {
    for (const id of ['a', 'b']) outbox.write(entry(id), []);
    outbox.write(entry('c', { share: 'b' }), [entry('a')]);
    await outbox.close();
    outbox = open(0.5);
    outbox.resume();
    assert.deepEqual(
      outbox.waiting().map(({ id }) => id),
      ['b', 'c'],
    );
    timers.fire();
    await settle();
    server.last().answer();
    await settle();
    server.last().answer();
    await settle();
    assert.deepEqual(
      reports.map(([id]) => id),
      ['b', 'c'],
    );
    outbox.write(entry('d'), []);
    outbox.write(entry('e'), []);
    outbox.resume();
    assert.deepEqual(
      timers.pending().every((ms) => ms > 0 && ms < 200),
      true,
    );
  });

  it('ends what is on its way when it is closed, and keeps it for the next start', async () => {
    outbox.write(entry('a'), []);
    const running = start(entry('a'));
    const behind = start(entry('x', { share: 'a' }));
    await settle();
    await outbox.close();
    assert.deepEqual([await running, await behind], [false, false]);
    assert.equal(server.last().signal.aborted, true);
    assert.equal(await start(entry('b')), false);
    outbox = open();
    outbox.resume();
    assert.equal(outbox.waiting().length, 1);
  });
});

describe('timers', () => {
  it('tell what was in time from what was not', async () => {
    assert.equal(await within(Promise.resolve('yes'), 60_000, systemTimers), 'yes');
    const timers = fakeTimers();
    const late = within(new Promise(() => {}), 50, timers);
    timers.fire(50);
    assert.equal(await late, undefined);
    await new Promise<void>((resolve) => {
      const keepAlive = setInterval(() => {}, 1_000);
      systemTimers.after(0, () => resolve(clearInterval(keepAlive)));
    });
  });
});
