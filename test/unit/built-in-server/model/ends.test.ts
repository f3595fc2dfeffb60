import assert from 'node:assert/strict';
import type { IssuedTokens } from '../../../../lib/built-in-server/model/issued-tokens.ts';
import { aHome, alice, device, wish } from './a-home.ts';

function sharedHome(issued: Partial<IssuedTokens> = {}) {
  const home = aHome(issued);
  home.model.devices.put(device('lamp', { owner: 'alice', state: 'active', gateway: 'gw-alice' }));
  const both = home.model.shares.grant(wish(['start', 'stop']), 'alice', alice).share;
  const lamp = {
    resource: 'heater',
    party: { kind: 'device', id: 'lamp' } as const,
    scopes: ['start'],
    conditions: {},
  };
  const elsewhere = home.model.shares.grant(lamp, 'bob', { kind: 'owner', owner: 'bob' }).share;
  return { ...home, both, elsewhere };
}

describe('ends: what a gateway may end', () => {
  it('a share on its resource, once: the same order has the same answer and no further effect', () => {
    const { model, both, clock } = sharedHome();
    const order = { id: 'o1', target: { share: both.id } };
    const first = model.ends.perform(order, 'gw-alice');
    assert.deepEqual(first.ended, [
      { share: both.id, device: 'thermostat', resource: 'dishwasher', scopes: ['start', 'stop'] },
    ]);
    const again = model.shares.grant(wish(['start', 'stop']), 'alice', alice).share;
    clock.ms += 5_000;
    assert.deepEqual(model.ends.perform(order, 'gw-alice'), first);
    assert.equal(model.shares.get(again.id)?.ended, undefined);
    assert.equal(model.ends.receipts('alice', { limit: 10 }).length, 1);
  });

  it('keeps 2,000 orders of one gateway: one that loops drives out its own, and nobody else’s', () => {
    const { model, elsewhere } = sharedHome();
    model.ends.perform({ id: 'kept', target: { share: elsewhere.id } }, 'gw-bob');
    const asked = 2_010;
    for (let n = 0; n < asked; n += 1) model.ends.perform({ id: `o${n}`, target: { share: 'none' } }, 'gw-alice');
    const receipts = model.ends.receipts('alice', { limit: 5_000 });
    assert.deepEqual([receipts.length, receipts[0]?.id, receipts.at(-1)?.id], [2_000, 'o2009', 'o10']);
    assert.equal(model.ends.receipts('bob', { limit: 10 }).length, 1);
  });

  it('the share whose one message has passed, for ever, with why; and nothing else', () => {
    const { model } = sharedHome();
    const used = model.shares.grant(wish(['start'], { once: true }), 'alice', alice).share;
    const order = { id: 'u1', target: { share: used.id }, kind: 'used' } as const;
    assert.deepEqual(model.ends.perform(order, 'gw-bob').ended, [], 'another gateway cannot know');
    const done = model.ends.perform(order, 'gw-alice');
    assert.deepEqual(done.ended, [{ share: used.id, device: 'thermostat', resource: 'dishwasher', scopes: ['start'] }]);
    assert.equal(model.shares.get(used.id)?.ended?.why, 'used_up');
    assert.equal(model.shares.ofDevice('thermostat').length, 1, 'the other share goes on');
    const told = model.events.since(0, 'gw-alice').at(-1)?.change;
    assert.deepEqual(told, {
      ...{ type: 'share-ended', at: done.at, share: used.id },
      ...{ device: 'thermostat', resource: 'dishwasher', why: 'used_up' },
    });
    const [line] = model.history.list('alice', { limit: 1 });
    assert.deepEqual([line?.what, line?.why, line?.share], ['share_ended', 'used_up', used.id]);
    const again = model.ends.perform({ ...order, id: 'u2' }, 'gw-alice');
    assert.deepEqual([again.ended, again.events], [done.ended, []]);
    assert.deepEqual(model.ends.receipts('alice', { limit: 10 }), []);
  });

  it('“used” ends no share that is not, or no longer, for one message', () => {
    const { model, both } = sharedHome();
    assert.deepEqual(model.ends.perform({ id: 'u1', target: { share: both.id }, kind: 'used' }, 'gw-alice').ended, []);
    assert.equal(model.shares.get(both.id)?.ended, undefined);
  });

  it('another gateway’s order of the same id is another order', () => {
    const { model, both, elsewhere } = sharedHome();
    model.ends.perform({ id: 'o1', target: { share: both.id } }, 'gw-alice');
    const done = model.ends.perform({ id: 'o1', target: { share: elsewhere.id } }, 'gw-bob');
    assert.equal(done.ended[0]?.share, elsewhere.id);
  });

  it('nothing of others: no effect, and nothing learnt', () => {
    const { model, both } = sharedHome();
    const nothing = (id: string, target: object) =>
      assert.deepEqual(model.ends.perform({ id, target: target as { share: string } }, 'gw-bob').ended, []);
    nothing('o1', { share: both.id });
    nothing('o2', { share: 'sh_nobody' });
    nothing('o3', { resource: 'dishwasher' });
    nothing('o4', { device: 'thermostat' });
    nothing('o5', { everything: 'alice' });
    nothing('o6', { pair: { device: 'thermostat', resource: 'dishwasher', scopes: ['start'] } });
    assert.equal(model.shares.get(both.id)?.ended, undefined);
    assert.deepEqual(model.ends.perform({ id: 'o', target: { share: both.id } }, 'stranger').ended, []);
  });

  it('what its own device may do elsewhere', () => {
    const { model, elsewhere } = sharedHome();
    const done = model.ends.perform({ id: 'o', target: { device: 'lamp' } }, 'gw-alice');
    assert.equal(done.ended[0]?.share, elsewhere.id);
    assert.equal(model.events.since(0, 'gw-bob').at(-1)?.change.type, 'share-ended', 'the other gateway is told');
  });

  it('a pair: only these scopes go, the rest stays', () => {
    const { model, both } = sharedHome();
    const target = { pair: { device: 'thermostat', resource: 'dishwasher', scopes: ['start'] } };
    const done = model.ends.perform({ id: 'o', target }, 'gw-alice');
    assert.deepEqual(done.ended[0]?.scopes, ['start']);
    assert.deepEqual(model.shares.get(both.id)?.scopes, ['stop']);
    assert.equal(model.shares.get(both.id)?.version, 2);
    model.ends.perform({ id: 'p', target: { pair: { ...target.pair, scopes: ['stop'] } } }, 'gw-alice');
    assert.ok(model.shares.get(both.id)?.ended);
  });

  it('everything of its owner, as far as it reaches', () => {
    const { model, both, elsewhere } = sharedHome();
    const done = model.ends.perform({ id: 'o', target: { everything: 'alice' } }, 'gw-alice');
    assert.deepEqual(done.ended.map(({ share }) => share).sort(), [both.id, elsewhere.id].sort());
  });

  it('quarantine stops its own device and leaves its shares; retiring ends them', () => {
    const { model, elsewhere } = sharedHome();
    model.ends.perform({ id: 'o', target: { device: 'lamp' }, kind: 'quarantine' }, 'gw-alice');
    assert.equal(model.devices.get('lamp')?.state, 'quarantined');
    assert.equal(model.shares.get(elsewhere.id)?.ended, undefined);
    model.ends.perform({ id: 'p', target: { device: 'lamp' }, kind: 'retire' }, 'gw-alice');
    assert.equal(model.devices.get('lamp')?.state, 'retired');
    assert.ok(model.shares.get(elsewhere.id)?.ended);
    model.ends.perform({ id: 'q', target: { device: 'thermostat' }, kind: 'quarantine' }, 'gw-alice');
    assert.equal(model.devices.get('thermostat')?.state, 'active', 'not a device whose key it holds');
  });

  it('a token that is its own device’s or for it', () => {
    const ended: string[] = [];
    const { model } = sharedHome({
      find: (hash) => (hash === 'h' ? { device: 'lamp', gateway: 'gw-bob' } : undefined),
      endByHash(hash) {
        ended.push(hash);
        return [{ hash, gateway: 'gw-bob' }];
      },
    });
    model.ends.perform({ id: 'o', target: { token: 'unknown' } }, 'gw-alice');
    model.ends.perform({ id: 'p', target: { token: 'h' } }, 'gw-alice');
    model.ends.perform({ id: 'q', target: { token: 'h' } }, 'gw-bob');
    assert.deepEqual(ended, ['h', 'h']);
    assert.equal(model.events.since(0, 'gw-bob').at(-1)?.change.type, 'token-revoked');
  });

  it('a removed resource takes its shares and requests with it', () => {
    const { model, both } = sharedHome();
    model.requests.submit({ device: 'lamp', resource: 'dishwasher', scopes: ['start'] });
    model.resources.remove('dishwasher', alice);
    assert.equal(model.shares.get(both.id)?.ended?.why, 'resource_removed');
    assert.deepEqual([model.requests.list('alice'), model.resources.get('dishwasher')], [[], undefined]);
  });

  it('a stopped gateway: its client, its devices, its resources; only its key is remembered', () => {
    const gone: string[] = [];
    const { model, both, elsewhere } = sharedHome({ endClient: (id) => void gone.push(id) });
    const gateway = model.gateways.get('gw-alice');
    assert.ok(gateway);
    const done = model.gateways.stop(gateway, alice);
    assert.deepEqual(gone.sort(), ['gw-alice', 'lamp']);
    assert.deepEqual(done.ended.map(({ share }) => share).sort(), [both.id, elsewhere.id].sort());
    assert.equal(model.devices.get('lamp')?.state, 'retired');
    assert.equal(model.devices.get('thermostat')?.state, 'active');
    assert.deepEqual(model.gateways.list({ owner: 'alice' }), []);
    assert.equal(model.gateways.byThumbprint('jkt-gw-alice')?.owner, undefined);
    assert.deepEqual(model.ends.perform({ id: 'x', target: { everything: 'alice' } }, 'gw-alice').ended, []);
  });
});
