import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ceases, holding, narrows } from '../../../lib/sharing/conditions.ts';
import type { WeeklyWindow } from '../../../lib/sharing/share.ts';
import { readWeekly, type Week } from '../../../lib/sharing/weekly.ts';

const MINUTE = 60;
const HOUR = 3600;
const workdays = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
const everyDay = [1, 2, 3, 4, 5, 6, 7];

const in_ = (timeZone: string, ...windows: WeeklyWindow['windows']): WeeklyWindow => ({ timeZone, windows });
const at = (iso: string): number => Date.parse(iso) / 1000;
const found = (weekly: WeeklyWindow, iso: string) => holding({ weekly }, at(iso));

function weekOf(weekly: WeeklyWindow): Week {
  const week = readWeekly(weekly);
  assert.ok(typeof week === 'object', String(week));
  return week;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
];
const clocks = new Map(
  ZONES.map((timeZone) => {
    const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    return [timeZone, new Intl.DateTimeFormat('en-GB', options)];
  }),
);

/** A slow model: looks at the clock on the wall, and asks of each window whether that is in it. */
function modelHolds({ timeZone, windows }: WeeklyWindow, seconds: number): boolean {
  const shown = clocks.get(timeZone)?.format(seconds * 1000) ?? '';
  const [, weekday = '', time = ''] = /^(\w{3})\D+(\d\d:\d\d)$/.exec(shown) ?? [];
  const day = DAYS.indexOf(weekday) + 1;
  assert.ok(day > 0, shown);
  const dayBefore = day === 1 ? 7 : day - 1;
  return windows.some(({ days, from, to }) => {
    if (from < to) return days.includes(day) && from <= time && time < to;
    return (days.includes(day) && from <= time) || (days.includes(dayBefore) && time < to);
  });
}

/** Each within two days of a moment at which clocks somewhere were set, some at midnight, one by a whole day. */
const SETTINGS = ['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2011-12-30'];

const HOURS = [0, 1, 2, 3, 6, 8, 22, 23];
const MINUTES = [0, 1, 15, 30, 59];
const time = fc
  .tuple(fc.constantFrom(...HOURS), fc.constantFrom(...MINUTES))
  .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);
const someWindow = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: time,
    to: fc.oneof(time, fc.constant('24:00')),
  })
  .filter(({ from, to }) => from !== to);
const windows = fc.array(someWindow, { minLength: 1, maxLength: 4 });
const weeklies = fc.record({ timeZone: fc.constantFrom(...ZONES), windows });
/** Any minute of three days around a setting, and some of no mark. */
const minutes = fc
  .tuple(fc.constantFrom(...SETTINGS, '2026-07-15'), fc.integer({ min: -36 * 60, max: 36 * 60 }))
  .map(([day, minute]) => at(`${day}T00:00:00Z`) + minute * MINUTE);

describe('hours of the week', () => {
  it('hold from the first minute until the last is over, on the days named', () => {
    const weekly = in_('Europe/Berlin', workdays);
    assert.equal(found(weekly, '2026-07-15T05:59:59Z'), 'outside_hours');
    assert.equal(found(weekly, '2026-07-15T06:00:00Z'), 'holds');
    assert.equal(found(weekly, '2026-07-15T15:59:59Z'), 'holds');
    assert.equal(found(weekly, '2026-07-15T16:00:00Z'), 'outside_hours');
    assert.equal(found(weekly, '2026-07-18T10:00:00Z'), 'outside_hours', 'a Saturday');
  });

  it('from 22:00 to 06:00 belongs to the day it begins on, also around the week', () => {
    const weekly = in_('UTC', { days: [7], from: '22:00', to: '06:00' });
    assert.equal(found(weekly, '2026-07-19T05:00:00Z'), 'outside_hours', 'Sunday morning');
    assert.equal(found(weekly, '2026-07-19T22:00:00Z'), 'holds', 'Sunday night');
    assert.equal(found(weekly, '2026-07-20T05:59:59Z'), 'holds', 'Monday morning');
    assert.equal(found(weekly, '2026-07-20T06:00:00Z'), 'outside_hours');
    assert.equal(weekOf(weekly).leaves(at('2026-07-19T23:00:00Z')), at('2026-07-20T06:00:00Z'));
  });

  it('24:00 is the end of a day, and a whole day goes over into the next', () => {
    const weekend = in_('UTC', { days: [6, 7], from: '00:00', to: '24:00' });
    assert.equal(found(weekend, '2026-07-18T23:59:59Z'), 'holds');
    assert.equal(found(weekend, '2026-07-20T00:00:00Z'), 'outside_hours');
    assert.equal(weekOf(weekend).leaves(at('2026-07-18T12:00:00Z')), at('2026-07-20T00:00:00Z'));
    const always = weekOf(in_('UTC', { days: everyDay, from: '00:00', to: '24:00' }));
    assert.equal(always.leaves(0), Number.POSITIVE_INFINITY);
  });

  it('follow the clock on the wall when it is set forward', () => {
    const weekly = in_('Europe/Berlin', { days: everyDay, from: '01:00', to: '06:00' });
    const begins = at('2026-03-29T00:00:00Z');
    assert.equal(holding({ weekly }, begins), 'holds', '01:00 in winter');
    assert.equal(weekOf(weekly).leaves(begins), begins + 4 * HOUR, '06:00 in summer comes an hour sooner');
    const skipped = in_('Europe/Berlin', { days: [7], from: '02:10', to: '02:50' });
    for (let minute = 0; minute < 120; minute += 1) {
      assert.equal(holding({ weekly: skipped }, begins + minute * MINUTE), 'outside_hours', 'it does not come');
    }
  });

  it('hold twice in the hour that comes twice when the clock is set back, and end with each', () => {
    const weekly = in_('Europe/Berlin', { days: [7], from: '02:00', to: '02:30' });
    assert.equal(found(weekly, '2026-10-25T00:10:00Z'), 'holds');
    assert.equal(found(weekly, '2026-10-25T00:40:00Z'), 'outside_hours');
    assert.equal(found(weekly, '2026-10-25T01:10:00Z'), 'holds');
    assert.equal(weekOf(weekly).leaves(at('2026-10-25T00:10:00Z')), at('2026-10-25T00:30:00Z'));
    const night = in_('Europe/Berlin', { days: [6], from: '22:00', to: '06:00' });
    assert.equal(weekOf(night).leaves(at('2026-10-24T20:00:00Z')), at('2026-10-25T05:00:00Z'), 'nine hours');
  });

  it('hold exactly where a look at the clock says so, every minute around every setting of clocks', () => {
    fc.assert(
      fc.property(weeklies, minutes, (weekly, moment) => {
        const expected = modelHolds(weekly, moment) ? 'holds' : 'outside_hours';
        assert.equal(holding({ weekly }, moment), expected);
        assert.equal(holding({ weekly }, moment + 59.999), expected, 'until the minute is over');
      }),
      { numRuns: 600 },
    );
  });

  it('end at the first minute that the model calls outside', () => {
    const horizon = 16 * 60;
    fc.assert(
      fc.property(weeklies, minutes, (weekly, moment) => {
        const leaves = weekOf(weekly).leaves(moment);
        let minute = 0;
        while (minute < horizon && modelHolds(weekly, moment + minute * MINUTE)) minute += 1;
        if (minute < horizon) assert.equal(leaves, moment + minute * MINUTE);
        else assert.ok(leaves >= moment + horizon * MINUTE);
      }),
      { numRuns: 150 },
    );
  });

  it('a share ceases with its hours or its end, whichever comes first', () => {
    const weekly = in_('UTC', workdays);
    const now = at('2026-07-15T17:00:00Z');
    const six = at('2026-07-15T18:00:00Z');
    assert.deepEqual(ceases({ weekly }, now), { at: six, hoursEnd: six });
    assert.deepEqual(ceases({ weekly, until: now + 60 }, now), { at: now + 60, hoursEnd: six });
    assert.deepEqual(ceases({ weekly, until: six + HOUR }, now), { at: six, hoursEnd: six });
    assert.deepEqual(ceases({ weekly }, six), { at: six, hoursEnd: six }, 'it is outside');
    const never = Number.POSITIVE_INFINITY;
    assert.deepEqual(ceases({ once: true }, now), { at: never, hoursEnd: never });
    assert.deepEqual(ceases({ weekly: in_('Mars/Olympus', workdays) }, now), { at: now, hoursEnd: now });
  });

  it('are refused where they cannot be read as they were meant', () => {
    const problems: [unknown, string][] = [
      [undefined, 'windows'],
      [{ timeZone: 'UTC' }, 'windows'],
      [in_('UTC'), 'windows'],
      [in_('UTC', ...Array.from({ length: 51 }, () => workdays)), 'windows'],
      [{ ...in_('UTC', workdays), but: 'holidays' }, 'windows'],
      [{ timeZone: 'UTC', windows: [{ ...workdays, seasons: ['summer'] }] }, 'windows'],
      [{ timeZone: 'UTC', windows: [null] }, 'windows'],
      [in_('UTC', { ...workdays, days: [] }), 'days'],
      [in_('UTC', { ...workdays, days: [0] }), 'days'],
      [in_('UTC', { ...workdays, days: [1.5] }), 'days'],
      [in_('UTC', { ...workdays, from: '8:00' }), 'times'],
      [in_('UTC', { ...workdays, from: '24:00' }), 'times'],
      [in_('UTC', { ...workdays, to: '24:01' }), 'times'],
      [in_('UTC', { ...workdays, to: '18:60' }), 'times'],
      [in_('UTC', { ...workdays, to: '08:00' }), 'times'],
      [{ timeZone: 'UTC', windows: [{ ...workdays, to: 18 }] }, 'times'],
      [in_('Europe/Atlantis', workdays), 'timeZone'],
      [in_('+01:00', workdays), 'timeZone'],
      [in_('', workdays), 'timeZone'],
      [{ timeZone: 1, windows: [workdays] }, 'timeZone'],
    ];
    for (const [weekly, problem] of problems) {
      assert.equal(readWeekly(weekly), problem, JSON.stringify(weekly));
      if (weekly !== undefined) assert.equal(holding({ weekly } as never, at('2026-07-15T10:00:00Z')), 'unknown');
    }
    assert.equal(typeof readWeekly(in_('UTC', ...Array.from({ length: 50 }, () => workdays))), 'object');
  });

  it('narrow only where every minute that is left was there before', () => {
    const sameZone = fc.tuple(windows, windows).chain(([before, after]) =>
      // Often the second is a part of the first, or both would hardly ever agree.
      fc.constantFrom([before, after], [[...before, ...after], after], [before, before]),
    );
    const monday = at('2026-07-13T00:00:00Z');
    // Windows begin and end at such minutes only: between two of them nothing changes.
    const marks = everyDay.flatMap((day) =>
      HOURS.flatMap((hour) => MINUTES.map((minute) => (day - 1) * 24 * HOUR + hour * HOUR + minute * MINUTE)),
    );
    fc.assert(
      fc.property(sameZone, ([before = [], after = []]) => {
        const [were, are] = [in_('UTC', ...before), in_('UTC', ...after)];
        const [earlier, later] = [weekOf(were), weekOf(are)];
        const widens = marks.some((mark) => later.contains(monday + mark) && !earlier.contains(monday + mark));
        assert.equal(narrows({ weekly: were }, { weekly: are }), !widens);
      }),
      { numRuns: 100 },
    );
  });

  it('of another time zone, or none any more, are taken to widen', () => {
    const weekly = in_('UTC', workdays);
    assert.equal(narrows({}, { weekly }), true);
    assert.equal(narrows({ weekly }, { weekly }), true);
    assert.equal(narrows({ weekly }, {}), false);
    assert.equal(narrows({ weekly }, { weekly: in_('Europe/London', workdays) }), false);
    assert.equal(narrows({ weekly }, { weekly: in_('UTC', { ...workdays, from: '09:00' }) }), true);
    assert.equal(narrows({ weekly }, { weekly: in_('UTC', { ...workdays, to: '18:01' }) }), false);
  });
});
