import assert from 'node:assert/strict';
import { holding, holds, narrows, notUnderstood, overlap } from '../../../lib/sharing/conditions.ts';

describe('conditions', () => {
  it('without any, a share holds', () => assert.equal(holding({}, 5), 'holds'));

  it('notBefore is the first second, until the first one after the last', () => {
    const conditions = { notBefore: 10, until: 20 };
    const found = [9, 10, 19, 20].map((now) => holding(conditions, now));
    assert.deepEqual(found, ['not_yet', 'holds', 'holds', 'over']);
  });

  it('what is not understood never holds', () => {
    const unknown = [
      { once: true as const },
      { ownKeyOnly: true as const },
      { weekly: { timeZone: 'UTC', windows: [] } },
      { until: Number.NaN },
      { until: '99999999999' },
      { madeUp: 0 },
    ];
    for (const conditions of unknown) assert.equal(holds(conditions as object, 5), false, JSON.stringify(conditions));
    assert.deepEqual(notUnderstood({ until: 1, once: true, weekly: undefined }), ['once']);
  });

  it('finds overlaps', () => {
    assert.equal(overlap({ until: 10 }, { notBefore: 10 }), false);
    assert.equal(overlap({ until: 11 }, { notBefore: 10 }), true);
    assert.equal(overlap({}, { until: 1 }), true);
  });

  it('knows what narrows', () => {
    assert.equal(narrows({}, { until: 5 }), true);
    assert.equal(narrows({ until: 5 }, {}), false);
    assert.equal(narrows({ notBefore: 5 }, { notBefore: 4 }), false);
    assert.equal(narrows({ once: true }, { once: true }), false, 'what is not understood is not judged');
  });
});
