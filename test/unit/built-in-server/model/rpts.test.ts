import assert from 'node:assert/strict';
import { openRpts } from '../../../../lib/built-in-server/model/rpts.ts';
import { memoryStore } from '../../../support/memory-store.ts';

describe('refresh tokens', () => {
  it('are kept as many as a share may have, the newest, and those of other shares beside them', () => {
    const refreshes = openRpts(memoryStore(), () => 100, 'rpt-refreshes');
    const about = { device: 'lamp', gateway: 'gw', owner: 'alice', jkt: 'key', expiresAt: 1_000 };
    const keep = (hash: string, share: string, issuedAt: number) => {
      refreshes.makeRoom(share, 3);
      refreshes.put({ ...about, hash, issuedAt, permissions: [{ resource: 'oven', scopes: ['start'], share }] });
    };
    keep('other', 'sh_2', 1);
    for (let n = 1; n <= 6; n += 1) keep(`${n}`, 'sh_1', n);
    const alive = ['other', '1', '2', '3', '4', '5', '6'].filter((hash) => refreshes.get(hash) !== undefined);
    assert.deepEqual(alive, ['other', '4', '5', '6']);
    assert.equal(refreshes.countOfShare('sh_1'), 3);
  });
});
