import assert from 'node:assert/strict';
import { wishAgain } from '../../../portal/sharing/again.ts';
import { endOf } from '../../../portal/sharing/ending-choice.ts';
import { allOf, atHours, type Limits, limitsOf, toggled, wishedOf } from '../../../portal/sharing/limits.ts';

const now = new Date(2026, 9, 24, 15, 30);
const at = (...parts: [number, number, number, number?, number?]) => Math.floor(new Date(...parts).getTime() / 1000);

describe('what an owner chooses for a share', () => {
  it('is all that was asked, until it is taken back, where nothing is chosen', () => {
    assert.deepEqual(wishedOf(allOf(['start', 'stop']), now), { scopes: ['start', 'stop'], conditions: {} });
  });

  it('is less, once, with an end', () => {
    const limits: Limits = { ...toggled(allOf(['start', 'stop']), 'stop'), ending: 'today', once: true };
    const conditions = { until: at(2026, 9, 25), once: true };
    assert.deepEqual(wishedOf(limits, now), { scopes: ['start'], conditions });
    assert.deepEqual(toggled(toggled(limits, 'stop'), 'stop').scopes, ['start']);
  });

  it('ends at midnight of the reader’s calendar, also where a day has 25 hours', () => {
    assert.equal(endOf('today', now, ''), at(2026, 9, 25));
    assert.equal(endOf('tomorrow', now, ''), at(2026, 9, 26), 'summer time ends on the 25th in Europe');
    assert.equal(endOf('week', now, ''), at(2026, 10, 1));
    assert.equal(endOf('today', new Date(2026, 11, 31, 23, 59), ''), at(2027, 0, 1));
  });

  it('ends at a moment that was typed, and never at one that has been', () => {
    assert.equal(endOf('date', now, '2026-10-24T22:00'), at(2026, 9, 24, 22));
    for (const typed of ['', 'nonsense', '2026-10-24T15:30', '2020-01-01T00:00'])
      assert.deepEqual(wishedOf({ ...allOf(['start']), ending: 'date', typed }, now), {
        wrong: { field: 'until', key: 'portal.wrong_date' },
      });
  });

  it('is refused without anything that may be done', () => {
    assert.deepEqual(wishedOf(allOf([]), now), { wrong: { field: 'scopes', key: 'portal.no_scopes' } });
  });

  it('keeps, of a share that is changed, all that nobody touched', () => {
    const weekly = { timeZone: 'Europe/Berlin', windows: [{ days: [1], from: '08:00', to: '18:00' }] };
    const conditions = {
      ...{ notBefore: 1_700_000_000, until: 1_900_000_000, weekly },
      ...({ ownKeyOnly: true, once: true } as const),
    };
    const limits = limitsOf({ scopes: ['start'], conditions });
    assert.deepEqual(wishedOf(limits, now, conditions), { scopes: ['start'], conditions });
    const open = wishedOf(
      { ...atHours(limits, undefined), ending: 'open', once: false, ownKey: false },
      now,
      conditions,
    );
    assert.deepEqual(
      open,
      { scopes: ['start'], conditions: { notBefore: 1_700_000_000 } },
      'this form shows no beginning',
    );
  });

  it('can be had again after it was taken back, as a new share, unless it would be over', () => {
    const share = { id: 'sh_1', resource: 'r', party: { kind: 'device', id: 'd' }, scopes: ['start'] } as const;
    const wish = { resource: 'r', party: share.party, scopes: ['start'], conditions: { until: 2_000 } };
    const asShare = { ...share, scopes: ['start'], conditions: { until: 2_000 } };
    assert.deepEqual(wishAgain(asShare, 1_999_000), wish);
    assert.equal(wishAgain(asShare, 2_000_000), undefined);
  });
});
