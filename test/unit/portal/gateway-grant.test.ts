import assert from 'node:assert/strict';
import {
  asksMore,
  grantAsked,
  grantOf,
  isUndecided,
  limited,
  namesIn,
  withResource,
  withScope,
} from '../../../portal/sharing/gateway-grant.ts';

const known = [
  { id: 'lamp', name: 'Lamp' },
  { id: 'oven', name: 'Oven' },
];
const scopes = ['shares:read', 'shares:grant'];

describe('what an owner gives a Node-RED', () => {
  it('is what it has, without what is gone', () => {
    assert.deepEqual(grantOf({ scopes }, known), { scopes });
    assert.deepEqual(grantOf({ scopes, resources: ['lamp', 'gone'] }, known), { scopes, only: ['lamp'] });
    assert.deepEqual(namesIn(['oven', 'gone', 'lamp'], known), ['Oven', 'Lamp']);
    assert.equal(namesIn(undefined, known), undefined);
  });

  it('is what it asks for with a code, within the limit that it has already', () => {
    assert.deepEqual(grantAsked(scopes, undefined, known), { scopes });
    const before = { scopes: ['shares:read'], resources: ['lamp'] };
    assert.deepEqual(grantAsked(scopes, before, known), { scopes: ['shares:read'], only: ['lamp'] });
  });

  it('is no more than it has where it asks anew, until more is chosen', () => {
    const asked = ['uma_protection', ...scopes];
    const before = { scopes: ['shares:read'] };
    assert.deepEqual(grantAsked(asked, before, known), { scopes: ['uma_protection', 'shares:read'] });
    assert.deepEqual([asksMore(asked, before), asksMore(asked, undefined)], [true, false]);
    assert.deepEqual(grantAsked(asked, { scopes }, known), { scopes: asked });
    assert.equal(asksMore(asked, { scopes }), false);
  });

  it('is chosen thing by thing, and asked about where that comes to nothing', () => {
    const some = withResource(withResource(limited({ scopes }, true), 'lamp'), 'oven');
    assert.deepEqual(some, { scopes, only: ['lamp', 'oven'] });
    assert.deepEqual(withResource(some, 'lamp').only, ['oven']);
    assert.deepEqual(limited(some, false), { scopes });
    assert.equal(isUndecided(limited({ scopes }, true)), true);
    assert.equal(isUndecided(withScope(limited({ scopes }, true), 'shares:grant')), false, 'it may not share at all');
    assert.deepEqual(withScope(some, 'shares:read'), { scopes: ['shares:grant'], only: ['lamp', 'oven'] });
  });
});
