import assert from 'node:assert/strict';
import { aHome, alice, device } from './a-home.ts';

describe('what a gateway says is in its flows', () => {
  const setUp = () => {
    const { model } = aHome();
    for (const id of ['lamp', 'oven'])
      model.devices.put(device(id, { owner: 'alice', state: 'active', assurance: 'gateway', gateway: 'gw-alice' }));
    model.devices.put(device('stranger', { owner: 'alice', state: 'active' }));
    model.devices.put(device('of-bob', { owner: 'bob', state: 'active', gateway: 'gw-bob' }));
    const marks = () =>
      Object.fromEntries(['lamp', 'oven', 'stranger', 'of-bob'].map((id) => [id, model.devices.get(id)?.inFlow]));
    return { model, marks };
  };

  it('nothing is marked of one that never said', () => {
    const { model, marks } = setUp();
    assert.deepEqual(Object.values(marks()), [undefined, undefined, undefined, undefined]);
    assert.equal(model.counts('alice').leftFlow, 0);
  });

  it('marks its own devices and resources, and never one from outside, or another gateway’s, whatever it names', () => {
    const { model, marks } = setUp();
    model.gateways.inFlows('gw-alice', { devices: ['lamp', 'of-bob', 'stranger'], resources: ['heater'] });
    assert.deepEqual(marks(), { lamp: true, oven: false, stranger: undefined, 'of-bob': undefined });
    assert.deepEqual(
      ['dishwasher', 'heater'].map((id) => model.resources.get(id)?.inFlow),
      [false, undefined],
    );
    assert.equal(model.counts('alice').leftFlow, 2);
    assert.equal(model.counts('bob').leftFlow, 0);
  });

  it('the last word counts, as a whole, and what is as it was is no news', () => {
    const { model, marks } = setUp();
    model.gateways.inFlows('gw-alice', { devices: ['lamp'], resources: ['dishwasher'] });
    model.gateways.inFlows('gw-alice', { devices: ['oven'], resources: ['dishwasher'] });
    assert.deepEqual([marks().lamp, marks().oven], [false, true]);
    const heard: string[] = [];
    model.news.subscribe('alice', (topic) => heard.push(topic));
    model.gateways.inFlows('gw-alice', { devices: ['oven'], resources: ['dishwasher'] });
    assert.deepEqual(heard, []);
    model.gateways.inFlows('gw-alice', { devices: ['oven', 'lamp'], resources: [] });
    assert.deepEqual([...new Set(heard)], ['devices', 'resources']);
  });

  it('one that was retired is no longer counted', () => {
    const { model } = setUp();
    model.gateways.inFlows('gw-alice', { devices: [], resources: ['dishwasher'] });
    assert.equal(model.counts('alice').leftFlow, 2);
    model.devices.retire('lamp', 'device_retired', alice);
    assert.equal(model.counts('alice').leftFlow, 1);
  });
});
