import assert from 'node:assert/strict';
import { compareGrant, type Permission } from '../../../lib/uma/index.ts';

const NOW = 1_000;
const START: Permission = { resource: 'dishwasher', scopes: ['start'] };
const BOTH: Permission = { resource: 'dishwasher', scopes: ['start', 'stop'] };

describe('uma: comparing what was granted with what was asked', () => {
  it('G 3.3.4: all of it', () => {
    assert.deepEqual(compareGrant([START], [BOTH], NOW), { granted: [START], missing: [] });
  });

  it('G 3.3.4: a part of it, which the server calls a success', () => {
    assert.deepEqual(compareGrant([BOTH], [START], NOW), {
      granted: [START],
      missing: [{ resource: 'dishwasher', scopes: ['stop'] }],
    });
  });

  it('G 3.3.4: a scope counts at its own resource only', () => {
    const oven = { resource: 'oven', scopes: ['start'] };
    assert.deepEqual(compareGrant([START, oven], [oven], NOW), { granted: [oven], missing: [START] });
  });

  it('F 5.1.1: several permissions of one resource add up', () => {
    const stop = { resource: 'dishwasher', scopes: ['stop'] };
    assert.deepEqual(compareGrant([BOTH], [START, stop], NOW), { granted: [BOTH], missing: [] });
  });

  it('F 5.1.1: a permission that has ended counts no more', () => {
    assert.deepEqual(compareGrant([START], [{ ...START, exp: NOW }], NOW).missing, [START]);
    assert.deepEqual(compareGrant([START], [{ ...START, exp: NOW + 1 }], NOW).missing, []);
    assert.deepEqual(compareGrant([START], [{ ...START, exp: 1 }]).missing, [START]);
  });

  it('F 4: asked without scopes, any permission of the resource is one', () => {
    const bare = { resource: 'dishwasher', scopes: [] };
    assert.deepEqual(compareGrant([bare], [START], NOW), { granted: [bare], missing: [] });
    assert.deepEqual(compareGrant([bare], [], NOW), { granted: [], missing: [bare] });
  });
});
