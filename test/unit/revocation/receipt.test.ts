import assert from 'node:assert/strict';
import { createReceipts, newReceiptId, type Receipt } from '../../../lib/revocation/receipt.ts';
import { memoryStore } from '../../support/memory-store.ts';

function receipt(at: number): Receipt {
  const id = newReceiptId(at);
  return {
    id,
    target: { share: 's' },
    asOf: at,
    revoked: [],
    at,
    effective: { localMs: 0, gateways: [] },
    unconfirmed: [],
  };
}

describe('receipts', () => {
  it('are listed newest first, in parts', () => {
    const receipts = createReceipts(memoryStore());
    const made = [1, 1_700_000_000, 1_700_000_000.001, 99_999_999_999].map(receipt);
    for (const each of made) receipts.save(each);
    assert.deepEqual(receipts.list(), [...made].reverse());
    assert.deepEqual(receipts.list({ limit: 2 }), [made[3], made[2]]);
    assert.deepEqual(receipts.list({ after: String(made[2]?.id) }), [made[1], made[0]]);
  });

  it('are kept up to a number, the newest', () => {
    const store = memoryStore();
    const receipts = createReceipts(store, 3);
    const made = Array.from({ length: 10 }, (_, n) => receipt(1_000 + n));
    for (const each of made) {
      receipts.save(each);
      receipts.save({ ...each, unconfirmed: ['x'] });
    }
    assert.deepEqual(
      receipts.list().map(({ id }) => id),
      made
        .slice(-3)
        .map(({ id }) => id)
        .reverse(),
    );
    const fewer = createReceipts(store, 1);
    fewer.save(receipt(2_000));
    assert.equal(fewer.list().length, 1, 'counts what an earlier run left');
  });

  it('have ids that nobody can guess', () => {
    assert.equal(new Set(Array.from({ length: 100 }, () => newReceiptId(1_000))).size, 100);
  });
});
