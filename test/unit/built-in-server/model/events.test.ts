import assert from 'node:assert/strict';
import { createEvents } from '../../../../lib/built-in-server/model/events.ts';
import type { EventRecord } from '../../../../lib/built-in-server/model/records.ts';
import { openTables } from '../../../../lib/built-in-server/model/tables.ts';
import { memoryStore } from '../../../support/memory-store.ts';
import { aHome, alice, START_MS, wish } from './a-home.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('events', () => {
  it('are numbered, kept for replay, and told only to whom they concern', async () => {
    const { model } = aHome();
    const heard: EventRecord[] = [];
    model.events.subscribe('gw-alice', (event) => heard.push(event));
    model.events.subscribe('gw-bob', () => assert.fail('not bob’s'));
    const { share } = model.shares.grant(wish(), 'alice', alice);
    model.shares.end(share.id, 'withdrawn', alice);
    await turn();
    assert.deepEqual(
      heard.map(({ number, change }) => [number, change.type]),
      [
        [1, 'share-granted'],
        [2, 'share-ended'],
      ],
    );
    assert.deepEqual(
      model.events.since(1, 'gw-alice').map(({ number }) => number),
      [2],
    );
    assert.deepEqual(model.events.since(0, 'gw-bob'), []);
  });

  it('tell of a share that ended before its tokens: it alone refuses all of them, however many there are', () => {
    const endByShare = () => ['a', 'b'].map((hash) => ({ hash, gateway: 'gw-alice' }));
    const { model } = aHome({ endByShare });
    const { share } = model.shares.grant(wish(), 'alice', alice);
    const done = model.shares.end(share.id, 'withdrawn', alice);
    const told = model.events.since(1, 'gw-alice');
    assert.deepEqual(
      told.map(({ change }) => change.type),
      ['share-ended', 'token-revoked', 'token-revoked'],
    );
    assert.deepEqual(
      done?.events,
      told.map(({ number }) => number),
    );
  });

  it('say up to where a gateway knows nothing: of what is kept no more, and of what a backup does not know', () => {
    const events = createEvents(openTables(memoryStore()), () => START_MS, 3);
    assert.equal(events.gapAfter(0), undefined);
    for (let n = 1; n <= 5; n += 1) events.add({ type: 'panic', at: n, owner: 'alice' }, ['gw-alice']);
    const gaps = [0, 1, 2, 3, 5, 6, 1_000].map((after) => events.gapAfter(after));
    assert.deepEqual(gaps, [2, 2, undefined, undefined, undefined, 5, 5]);
  });

  it('say so too where the same numbers were heard in a past that a backup does not know', () => {
    const store = memoryStore();
    const at = () => createEvents(openTables(store), () => START_MS);
    const add = (events: ReturnType<typeof at>, count: number) => {
      for (let n = 0; n < count; n += 1) events.add({ type: 'panic', at: n, owner: 'alice' }, ['gw-alice']);
    };
    const begun = () => {
      const events = at();
      events.begin();
      return events;
    };
    const first = begun();
    const one = first.epoch();
    add(first, 10);
    // Here a backup was made. What came after it, up to number 20 and another start, is lost: it is put back.
    const second = begun();
    const two = second.epoch();
    assert.notEqual(two, one);
    add(second, 30);
    const third = begun();
    const gaps: [number, string | undefined][] = [
      [10, one],
      [4, one],
      [11, one],
      [20, 'ep_of-the-lost-past'],
      [0, 'ep_of-the-lost-past'],
      [25, two],
      [40, third.epoch()],
      [20, undefined],
    ];
    assert.deepEqual(
      gaps.map(([number, epoch]) => third.gapAfter(number, epoch)),
      [undefined, undefined, 40, 40, 40, undefined, undefined, undefined],
    );
  });

  it('of a transaction that fails are never told', async () => {
    const { model } = aHome();
    model.events.subscribe('gw-alice', () => assert.fail('it did not happen'));
    const failing = model.transaction(() => {
      model.shares.grant(wish(), 'alice', alice);
      throw new Error('disk');
    });
    await assert.rejects(failing, /disk/);
    await turn();
    assert.equal(model.events.latest(), 0);
  });

  it('a wait ends when every connected gateway has acknowledged', async () => {
    const { model, clock } = aHome();
    model.events.subscribe('gw-alice', ({ number }) => {
      clock.ms += 7;
      model.events.acknowledge('gw-alice', number);
    });
    const { share } = model.shares.grant(wish(), 'alice', alice);
    await turn();
    const end = model.shares.end(share.id, 'withdrawn', alice);
    const known = await model.events.acknowledged(end?.events ?? [], 60_000);
    assert.deepEqual(known, { gateways: [{ id: 'gw-alice', ms: 7 }], unconfirmed: [] });
  });

  it('a gateway that is not connected is not waited for, but named', async () => {
    const { model } = aHome();
    const number = model.events.add({ type: 'panic', at: 1, owner: 'alice' }, ['gw-alice', 'gw-bob']);
    model.events.acknowledge('gw-bob', 99);
    const known = await model.events.acknowledged([number], 60_000);
    assert.deepEqual([known.gateways.map(({ id }) => id), known.unconfirmed], [['gw-bob'], ['gw-alice']]);
    assert.deepEqual((await model.events.acknowledged([number], 60_000, 'gw-alice')).unconfirmed, []);
  });

  it('a connected gateway that stays silent is named after the wait', async () => {
    const { model } = aHome();
    model.events.subscribe('gw-alice', () => {});
    const number = model.events.add({ type: 'panic', at: 1, owner: 'alice' }, ['gw-alice']);
    const known = await model.events.acknowledged([number], 10);
    assert.deepEqual(known, { gateways: [], unconfirmed: ['gw-alice'] });
  });

  it('one that goes away, and a server that closes, end the wait', async () => {
    const { model } = aHome();
    const leave = model.events.subscribe('gw-alice', () => {});
    const number = model.events.add({ type: 'panic', at: 1, owner: 'alice' }, ['gw-alice']);
    const first = model.events.acknowledged([number], 60_000);
    leave();
    assert.deepEqual((await first).unconfirmed, ['gw-alice']);
    model.events.subscribe('gw-alice', () => {});
    const second = model.events.acknowledged([number], 60_000);
    model.close();
    assert.deepEqual((await second).unconfirmed, ['gw-alice']);
  });
});
