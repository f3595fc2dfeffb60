import assert from 'node:assert/strict';
import type { Model } from '../../../../lib/built-in-server/model/model.ts';
import { createReceipts } from '../../../../lib/built-in-server/model/receipts.ts';
import { openTables } from '../../../../lib/built-in-server/model/tables.ts';
import { memoryStore } from '../../../support/memory-store.ts';
import { aHome, alice, device, wish } from './a-home.ts';

/** The thermostat is held by bob's gateway, the dishwasher guarded by alice's: both have to hear of an end. */
function twoGateways() {
  const home = aHome();
  home.model.devices.put(device('thermostat', { owner: 'alice', state: 'active', gateway: 'gw-bob' }));
  return home;
}
const ended = (model: Model, scopes = ['start']) => {
  const { share } = model.shares.grant(wish(scopes), 'alice', alice);
  return model.ends.withdraw(share.id, 'alice', alice);
};
const receipts = (model: Model) => model.ends.receipts('alice', { limit: 10 });
const standing = (model: Model) =>
  receipts(model).map(({ awaited = [], confirmed = [] }) => [
    awaited.map(({ gateway }) => gateway).sort(),
    confirmed.map(({ id, ms }) => `${id} ${ms}`),
  ]);

describe('receipts: who has confirmed', () => {
  it('is kept for each gateway that had to hear of it, with the time it took', () => {
    const { model, clock } = twoGateways();
    ended(model);
    assert.deepEqual(standing(model), [[['gw-alice', 'gw-bob'], []]]);
    clock.ms += 12;
    model.events.acknowledge('gw-alice', model.events.latest());
    clock.ms += 3_600_000;
    model.events.acknowledge('gw-bob', model.events.latest());
    assert.deepEqual(standing(model), [[[], ['gw-alice 12', 'gw-bob 3600012']]]);
  });

  it('is not said for what a gateway has not come to yet, whatever number it names', () => {
    const { model } = twoGateways();
    ended(model);
    const first = model.events.latest();
    ended(model, ['stop']);
    model.events.acknowledge('gw-alice', first - 1);
    assert.deepEqual(standing(model), [
      [['gw-alice', 'gw-bob'], []],
      [['gw-alice', 'gw-bob'], []],
    ]);
    model.events.acknowledge('gw-alice', first);
    assert.deepEqual(standing(model)[0], [['gw-alice', 'gw-bob'], []]);
    assert.deepEqual(standing(model)[1], [['gw-bob'], ['gw-alice 0']]);
    model.events.acknowledge('gw-alice', first + 1_000_000);
    ended(model);
    assert.deepEqual(standing(model)[0], [['gw-alice', 'gw-bob'], []], 'what comes later is not confirmed ahead');
  });

  it('does not await the gateway that gave the order', () => {
    const { model } = twoGateways();
    const { share } = model.shares.grant(wish(), 'alice', alice);
    model.ends.perform({ id: 'o1', target: { share: share.id } }, 'gw-alice');
    assert.deepEqual(standing(model), [[['gw-bob'], []]]);
  });

  it('is told to the owner who looks, once, when it happens', () => {
    const { model } = twoGateways();
    ended(model);
    const heard: string[] = [];
    model.news.subscribe('alice', (topic) => heard.push(topic));
    for (let twice = 0; twice < 2; twice += 1) model.events.acknowledge('gw-bob', model.events.latest());
    assert.deepEqual(heard, ['receipts']);
  });
});

describe('receipts: how many are kept', () => {
  const setUp = () => {
    const receipts = createReceipts(openTables(memoryStore()), { all: 10, gateway: 3 });
    const keep = (id: string, gateway?: string) => {
      const by = gateway === undefined ? {} : { gateway };
      receipts.keep({ id, owner: 'alice', ...by, target: { share: id }, at: 1, ended: [], events: [] });
    };
    const ids = () => receipts.list('alice', { limit: 100 }).map(({ id }) => id);
    return { keep, ids };
  };

  it('a gateway that gives orders without end drives out only its own', () => {
    const { keep, ids } = setUp();
    keep('of the owner');
    keep('of another', 'gw_1');
    for (let n = 0; n < 50; n += 1) keep(`loop ${n}`, 'gw_2');
    assert.deepEqual(ids(), ['loop 49', 'loop 48', 'loop 47', 'of another', 'of the owner']);
  });

  it('beyond what is kept of all the oldest go', () => {
    const { keep, ids } = setUp();
    for (let n = 0; n < 12; n += 1) keep(`${n}`);
    assert.deepEqual([ids().length, ids().at(-1)], [10, '2']);
  });
});
