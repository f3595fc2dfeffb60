import assert from 'node:assert/strict';
import {
  holding,
  holds,
  narrows,
  notUnderstood,
  overlap,
  sameConditions,
  wrongCondition,
} from '../../../lib/sharing/conditions.ts';

const workdays = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };

describe('conditions', () => {
  it('without any, a share holds', () => assert.equal(holding({}, 5), 'holds'));

  it('notBefore is the first second, until the first one after the last', () => {
    const conditions = { notBefore: 10, until: 20 };
    const found = [9, 10, 19, 20].map((now) => holding(conditions, now));
    assert.deepEqual(found, ['not_yet', 'holds', 'holds', 'over']);
  });

  it('what is not understood, or not written as it should be, never holds', () => {
    const unknown: object[] = [
      { once: false },
      { once: 'yes' },
      { ownKeyOnly: 1 },
      { weekly: { timeZone: 'UTC', windows: [] } },
      { until: Number.NaN },
      { until: '99999999999' },
      { madeUp: 0 },
    ];
    for (const conditions of unknown) {
      assert.equal(holding(conditions, 5, { ownKey: true }), 'unknown', JSON.stringify(conditions));
    }
    assert.deepEqual(notUnderstood({ until: 1, madeUp: true, weekly: undefined }), ['madeUp']);
    assert.equal(wrongCondition({ weekly: { timeZone: 'nowhere', windows: [workdays] } }), 'weekly.timeZone');
    assert.equal(wrongCondition({ once: true, ownKeyOnly: true, until: 5 }), undefined);
  });

  it('own key only holds for whoever is known to have one', () => {
    const conditions = { ownKeyOnly: true as const };
    assert.equal(holding(conditions, 5), 'other_key');
    assert.equal(holding(conditions, 5, { ownKey: false }), 'other_key');
    assert.equal(holds(conditions, 5, { ownKey: true }), true);
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
    for (const name of ['once', 'ownKeyOnly'] as const) {
      assert.equal(narrows({}, { [name]: true }), true);
      assert.equal(narrows({ [name]: true }, { [name]: true, until: 5 }), true);
      assert.equal(narrows({ [name]: true }, {}), false);
    }
    assert.equal(narrows({ madeUp: 1 } as object, { madeUp: 1 } as object), false, 'what is unknown is not judged');
  });

  it('are the same where they say the same', () => {
    const weekly = { timeZone: 'UTC', windows: [{ ...workdays, days: [2, 1, 2] }] };
    const tidied = { timeZone: 'UTC', windows: [{ ...workdays, days: [1, 2] }] };
    assert.equal(sameConditions({ once: true, weekly }, { weekly: tidied, once: true }), true);
    assert.equal(sameConditions({ until: 5 }, { until: 5, once: true }), false);
    assert.equal(sameConditions({ ownKeyOnly: true }, {}), false);
    assert.equal(sameConditions({ weekly }, { weekly: { ...weekly, timeZone: 'Europe/Paris' } }), false);
  });
});
