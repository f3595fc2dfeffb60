import assert from 'node:assert/strict';
import { aHome } from './a-home.ts';

describe('what a restored server has forgotten', () => {
  const setUp = () => {
    const home = aHome();
    const { model } = home;
    model.events.begin();
    const lines = (owner = 'alice') =>
      model.history.list(owner, { limit: 100 }).filter(({ what }) => what === 'past_forgotten');
    return { ...home, lines };
  };

  it('is told to the owner of the gateway that knows of it, and stays on the home until they have looked', () => {
    const { model, clock, lines } = setUp();
    const since = clock.ms / 1000;
    model.forgotten.note('gw-alice');
    clock.ms += 5_000;
    model.events.begin();
    model.forgotten.note('gw-alice');
    assert.deepEqual(
      lines().map(({ by, values }) => [by.kind, values]),
      Array(2).fill(['server', { gateway: 'gw-alice', name: "alice's" }]),
    );
    assert.deepEqual([model.forgotten.since('alice'), model.forgotten.since('bob')], [since, undefined]);
    assert.deepEqual(lines('bob'), []);
    model.forgotten.looked('alice');
    assert.equal(model.forgotten.since('alice'), undefined);
    assert.ok(model.owners.byName('alice'));
  });

  it('is one line for a gateway that asks again and again', () => {
    const { model, lines } = setUp();
    for (let n = 0; n < 100; n += 1) model.forgotten.note('gw-alice');
    assert.equal(lines().length, 1);
    model.forgotten.looked('alice');
    model.forgotten.note('gw-alice');
    assert.equal(model.forgotten.since('alice'), undefined, 'and what was looked at stays so');
    model.forgotten.note('nobody');
    model.forgotten.looked('nobody');
  });
});
