import assert from 'node:assert/strict';
import { createReplayWindows } from '../../../../lib/built-in-server/provider/replay-windows.ts';
import { proofUse } from '../../../../lib/proof/replay-window.ts';

describe('what the server remembers of proofs', () => {
  const use = (key: string, jti: string) => proofUse(key, jti, 60_000);

  it('strangers who have filled their part shut out nobody who belongs to an owner', () => {
    const windows = createReplayWindows({ limit: 2, limitPerKey: 2 });
    for (const jti of ['a', 'b']) assert.equal(windows.of(false).take(use('stranger', jti), 0), 'taken');
    assert.equal(windows.of(false).take(use('another', 'c'), 0), 'full');
    assert.equal(windows.of(false).hasRoomFor('another', 0), false);
    assert.equal(windows.of(true).hasRoomFor('gateway', 0), true);
    assert.equal(windows.of(true).take(use('gateway', 'a'), 0), 'taken');
  });

  it('RFC 9449 11.1: what a device used before it was claimed is used after it too, and the other way round', () => {
    const windows = createReplayWindows();
    windows.of(false).take(use('device', 'a'), 0);
    windows.of(true).take(use('device', 'b'), 0);
    assert.equal(windows.of(true).has(use('device', 'a')), true);
    assert.equal(windows.of(true).take(use('device', 'a'), 1), 'replayed');
    assert.equal(windows.of(false).take(use('device', 'b'), 1), 'replayed');
  });
});
