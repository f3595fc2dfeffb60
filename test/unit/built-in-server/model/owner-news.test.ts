import assert from 'node:assert/strict';
import type { NewsTopic } from '../../../../lib/built-in-server/model/owner-news.ts';
import { aHome, alice, device, wish } from './a-home.ts';

describe('news for owners', () => {
  const heardBy = (model: ReturnType<typeof aHome>['model'], owner: string) => {
    const heard = new Set<NewsTopic>();
    const unsubscribe = model.news.subscribe(owner, (topic) => void heard.add(topic));
    return { heard, unsubscribe };
  };

  it('name what changed, whoever changed it, to its owner alone', () => {
    const { model } = aHome();
    const [own, other] = [heardBy(model, 'alice'), heardBy(model, 'bob')];
    const { share } = model.shares.grant(wish(), 'alice', alice);
    assert.ok(own.heard.has('shares') && own.heard.has('history'));
    own.heard.clear();
    model.ends.withdraw(share.id, 'alice', alice);
    assert.ok(own.heard.has('shares') && own.heard.has('receipts'));
    assert.equal(other.heard.has('shares'), false);
    own.heard.clear();
    own.unsubscribe();
    model.shares.grant(wish(), 'alice', alice);
    assert.equal(own.heard.size, 0);
  });

  it('say nothing of mere use, which is all the time', () => {
    const { model } = aHome();
    const { share } = model.shares.grant(wish(), 'alice', alice);
    const { heard } = heardBy(model, 'alice');
    model.shares.touch(share.id);
    assert.deepEqual([...heard], []);
    model.shares.change(share.id, { scopes: ['stop'] }, alice);
    assert.ok(heard.has('shares'));
  });

  it('tell both owners of a record that goes from one to the other', () => {
    const { model } = aHome();
    const [own, other] = [heardBy(model, 'alice'), heardBy(model, 'bob')];
    model.devices.put(device('kettle', { owner: 'alice' }));
    own.heard.clear();
    model.devices.put(device('kettle', { owner: 'bob' }));
    assert.ok(own.heard.has('devices') && other.heard.has('devices'));
  });
});
