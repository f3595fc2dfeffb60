import assert from 'node:assert/strict';
import { createPasses, type Pass } from '../../../lib/node-red/passes.ts';
import type { Target } from '../../../lib/servers/authorization-server.ts';

const byShare: Pass = { device: 'd1', resource: 'r1', share: 's1' };
const byDevice: Pass = { device: 'd1', resource: 'r1' };

/** Which of these ends make a light fade that tells of `pass`. */
function fading(pass: Pass, targets: Target[], shares: { share: string; device: string; resource: string }[] = []) {
  return targets.filter((target) => {
    let faded = false;
    const passes = createPasses({ replace: () => (faded = true) });
    const shown = passes.note(pass);
    passes.ended(
      target,
      shares.map((share) => ({ ...share, scopes: ['start'] })),
    );
    assert.equal(shown(), faded ? 'was-allowed' : 'allowed');
    return faded;
  });
}

describe('what is shown of a message that was let through', () => {
  const pair = (device: string) => ({ pair: { device, resource: 'r1', scopes: ['start'] } });

  it('fades once its share, device or resource has ended, or everything', () => {
    const own: Target[] = [{ share: 's1' }, { device: 'd1' }, { resource: 'r1' }, pair('d1'), { everything: 'alice' }];
    assert.deepEqual(fading(byShare, own), own);
    const others: Target[] = [{ share: 's2' }, { device: 'd2' }, { resource: 'r2' }, pair('d2')];
    assert.deepEqual(fading(byShare, others), []);
  });

  it('fades where it is not known by which share it was, unless that was another device’s', () => {
    assert.equal(fading(byDevice, [{ share: 's2' }]).length, 1);
    assert.equal(fading(byDevice, [{ share: 's2' }], [{ share: 's2', device: 'd1', resource: 'r1' }]).length, 1);
    assert.equal(fading(byDevice, [{ share: 's2' }], [{ share: 's2', device: 'd2', resource: 'r1' }]).length, 0);
  });
});
