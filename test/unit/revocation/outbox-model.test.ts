/**
 * The outbox against a plain list of orders for each target: whatever the server answers, and however often the gateway
 * starts anew, an order is asked for one at a time, oldest first, and kept until it is confirmed.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OutboxEntry } from '../../../lib/revocation/lane.ts';
import { createOutbox, type Outbox } from '../../../lib/revocation/outbox.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { fuzz, fuzzTimeoutMs } from '../../support/fuzz.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { type FakeTimers, fakeTimers, settle } from './fake-timers.ts';

const runs = 150;
const attemptMs = 30_000;

/** The orders for one target, oldest first; the first may be on its way. */
interface Queue {
  orders: string[];
  running: boolean;
}
interface Model {
  queues: Map<string, Queue>;
  made: number;
  confirmed: string[];
}
interface Real {
  store: GatewayStore;
  server: FakeServer;
  timers: FakeTimers;
  outbox: Outbox;
  confirmed: string[];
  /** Orders whose callers were told that the server has confirmed. */
  told: Set<string>;
}
type Step = fc.AsyncCommand<Model, Real>;

function open(real: Omit<Real, 'outbox'>): Outbox {
  return createOutbox({
    store: real.store,
    end: real.server.end,
    confirmed: async (entry) => {
      await real.store.transaction(() => {
        real.store.table({ name: 'outbox', version: 1, read: (stored) => stored }).remove(entry.order.id);
      });
      real.confirmed.push(entry.order.id);
    },
    timers: real.timers,
    random: () => 1,
  });
}

function agree(model: Model, real: Real): void {
  const expected = [...model.queues.values()].flatMap(({ orders }) => orders).sort();
  assert.deepEqual(
    real.outbox
      .waiting()
      .map(({ id }) => id)
      .sort(),
    expected,
    'what waits',
  );
  const kept = real.store.table({ name: 'outbox', version: 1, read: (stored) => stored as OutboxEntry });
  assert.deepEqual([...kept.entries()].map(([, { order }]) => order.id).sort(), expected, 'what is on disk');
  const underWay = openCalls(real).map(({ order }) => order.id);
  const running = [...model.queues.values()].filter((queue) => queue.running).map(({ orders }) => orders[0]);
  assert.deepEqual([...underWay].sort(), [...running].sort(), 'on its way: of each target one, the oldest');
  assert.deepEqual(real.confirmed, model.confirmed);
}

const answered = new WeakSet<object>();
const openCalls = ({ server }: Real) => server.calls.filter((call) => !answered.has(call) && !call.signal.aborted);

/** Runs it, lets everything settle, and compares. */
function step(name: string, can: (model: Model) => boolean, run: (model: Model, real: Real) => unknown): Step {
  return {
    check: can,
    async run(model, real) {
      await run(model, real);
      await settle();
      agree(model, real);
    },
    toString: () => name,
  };
}

const targets = fc.constantFrom('a', 'b', 'c');

const send = targets.map((name) =>
  step(
    `send(${name})`,
    () => true,
    async (model, real) => {
      const id = `o${String(model.made++).padStart(4, '0')}`;
      const entry: OutboxEntry = { order: { id, target: { share: name }, at: 1 }, receipts: [id] };
      const instead = real.outbox.replaceable(entry.order.target);
      await real.store.transaction(() => real.outbox.write(entry, instead));
      void real.outbox.start(entry, Promise.resolve()).then((done) => done && real.told.add(id));
      const { orders, running } = model.queues.get(name) ?? { orders: [], running: false };
      model.queues.set(name, { orders: running ? [...orders.slice(0, 1), id] : [id], running: true });
    },
  ),
);

const running = (model: Model, name: string) => model.queues.get(name)?.running === true;

function end(real: Real, model: Model, name: string, act: 'answer' | 'fail'): void {
  const [oldest] = model.queues.get(name)?.orders ?? [];
  const call = openCalls(real).find(({ order }) => order.id === oldest);
  assert.ok(call, `${oldest} is on its way`);
  answered.add(call);
  call[act]();
}

const confirm = targets.map((name) =>
  step(
    `server confirms(${name})`,
    (model) => running(model, name),
    (model, real) => {
      end(real, model, name, 'answer');
      const [done = '', ...orders] = model.queues.get(name)?.orders ?? [];
      model.confirmed.push(done);
      model.queues.set(name, { orders, running: orders.length > 0 });
    },
  ),
);

const fail = targets.map((name) =>
  step(
    `server fails(${name})`,
    (model) => running(model, name),
    (model, real) => {
      end(real, model, name, 'fail');
      const queue = model.queues.get(name);
      if (queue) queue.running = false;
    },
  ),
);

const hang = fc.constant(
  step(
    'server hangs',
    (model) => [...model.queues.values()].some((queue) => queue.running),
    (model, real) => {
      real.timers.fire(attemptMs);
      for (const queue of model.queues.values()) queue.running = false;
    },
  ),
);

/** The next try of everything that waits, however long its pause would have been. */
function retry(model: Model, real: Real): void {
  for (const ms of new Set(real.timers.pending())) if (ms !== attemptMs) real.timers.fire(ms);
  for (const queue of model.queues.values()) queue.running = queue.orders.length > 0;
}

const pass = fc.constant(step('the pauses are over', () => true, retry));

const kick = fc.constant(
  step(
    'server is heard again',
    () => true,
    (model, real) => {
      real.outbox.kick();
      retry(model, real);
    },
  ),
);

const restart = fc.constant(
  step(
    'restart',
    () => true,
    async (model, real) => {
      await real.outbox.close();
      assert.deepEqual(real.timers.pending(), [], 'nothing is left running');
      real.outbox = open(real);
      real.outbox.resume();
      for (const queue of model.queues.values()) queue.running = false;
    },
  ),
);

describe('outbox, at random', () => {
  it('keeps every order until the server has confirmed it, and asks for one of each target at a time, oldest first', async function () {
    this.timeout(fuzzTimeoutMs(runs, 30_000));
    let confirmations = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.commands([send, send, confirm, confirm, confirm, fail, hang, pass, kick, restart], {
          maxCommands: 40,
          size: '+1',
        }),
        async (commands) => {
          const base = { store: memoryStore(), server: fakeServer(), timers: fakeTimers() };
          const ground = { ...base, confirmed: [], told: new Set<string>() };
          const real: Real = { ...ground, outbox: open(ground) };
          const model: Model = { queues: new Map(), made: 0, confirmed: [] };
          try {
            await fc.asyncModelRun(() => ({ model, real }), commands);
          } finally {
            await real.outbox.close();
          }
          assert.deepEqual(real.timers.pending(), []);
          for (const id of real.told) assert.ok(model.confirmed.includes(id) || isReplaced(model, id), id);
          confirmations += model.confirmed.length;
        },
      ),
      fuzz(runs),
    );
    assert.ok(confirmations > runs / 2, `only ${confirmations} confirmations`);
  });
});

/** A later order for the same target speaks for those that waited. */
function isReplaced({ confirmed }: Model, id: string): boolean {
  return confirmed.some((later) => later > id);
}
