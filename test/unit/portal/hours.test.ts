import assert from 'node:assert/strict';
import { holds } from '../../../lib/sharing/conditions.ts';
import { say } from '../../../lib/sharing/say.ts';
import { shareSentence } from '../../../lib/sharing/sentence.ts';
import {
  type Hours,
  type HoursLine,
  hoursOf,
  timeZones,
  usualHours,
  weeklyOf,
  withChangedLine,
  withLine,
  withoutLine,
} from '../../../portal/sharing/hours.ts';
import { allOf, atHours, wishedOf } from '../../../portal/sharing/limits.ts';

const line = (more: Partial<HoursLine> = {}): HoursLine => ({
  ...{ days: [6], allDay: false, from: '22:00', to: '06:00' },
  ...more,
});
const inBerlin = (...lines: HoursLine[]): Hours => ({ timeZone: 'Europe/Berlin', lines });
const seconds = (iso: string) => Date.parse(iso) / 1000;

function conditionsOf(hours: Hours) {
  const wished = wishedOf(atHours(allOf(['start']), hours), new Date());
  assert.ok('conditions' in wished, JSON.stringify(wished));
  return wished.conditions;
}

const sentenceOf = (hours: Hours, language = 'en') =>
  say(shareSentence({ partyName: 'Kettle', scopes: ['start'], conditions: conditionsOf(hours) }, 'Lamp'), language, {
    timeZone: 'Europe/Berlin',
  });

describe('hours chosen in the portal', () => {
  it('are told in the sentence that every share has', () => {
    assert.equal(
      sentenceOf(usualHours('Europe/Berlin')),
      'Kettle may start Lamp on Monday to Friday from 08:00 to 18:00',
    );
    assert.equal(sentenceOf(inBerlin(line({ allDay: true })), 'de'), 'Kettle darf Lamp starten: samstags');
    assert.equal(
      sentenceOf({ ...usualHours('Asia/Tokyo'), lines: [line()] }),
      'Kettle may start Lamp on Saturday from 22:00 to 06:00 the next day (time of Asia/Tokyo)',
    );
  });

  it('go up to midnight, and over it, as they say', () => {
    const evening = inBerlin(line({ from: '18:00', to: '00:00' }));
    assert.equal(sentenceOf(evening), 'Kettle may start Lamp on Saturday from 18:00 to 24:00');
    const upTo = conditionsOf(evening);
    assert.equal(holds(upTo, seconds('2026-10-24T23:59:59+02:00')), true);
    assert.equal(holds(upTo, seconds('2026-10-25T00:00:00+02:00')), false);
    const night = conditionsOf(inBerlin(line()));
    assert.equal(holds(night, seconds('2026-10-25T05:59:59+01:00')), true);
    assert.equal(holds(night, seconds('2026-10-25T06:00:00+01:00')), false);
    const wholeDay = conditionsOf(inBerlin(line({ allDay: true })));
    assert.equal(holds(wholeDay, seconds('2026-10-24T00:00:00+02:00')), true);
    assert.equal(holds(wholeDay, seconds('2026-10-25T00:00:00+02:00')), false);
  });

  it('are those of the clock on the wall, in the nights in which it is set', () => {
    const early = conditionsOf(inBerlin(line({ days: [7], from: '02:00', to: '03:00' })));
    for (const offset of ['+02:00', '+01:00'])
      assert.equal(holds(early, seconds(`2026-10-25T02:30:00${offset}`)), true, `comes twice: ${offset}`);
    assert.equal(holds(early, seconds('2026-10-25T03:00:00+01:00')), false);
    assert.equal(holds(early, seconds('2027-03-28T01:59:59+01:00')), false);
    assert.equal(holds(early, seconds('2027-03-28T03:00:00+02:00')), false, 'does not come');
  });

  it('come back into the form as they were chosen', () => {
    const hours = inBerlin(
      line(),
      line({ days: [1, 2], allDay: true, from: '00:00', to: '00:00' }),
      line({ to: '00:00' }),
    );
    const weekly = weeklyOf(hours);
    assert.ok(!('key' in weekly));
    assert.deepEqual(hoursOf(weekly), hours);
    assert.deepEqual(weeklyOf(hoursOf(weekly)), weekly);
  });

  it('say in which line something is missing, and what', () => {
    const wrongOf = (wrong: HoursLine) => {
      const wished = wishedOf(atHours(allOf(['start']), inBerlin(line(), wrong)), new Date());
      assert.ok('wrong' in wished);
      return wished.wrong;
    };
    const at = { field: 'hours', line: 1 } as const;
    assert.deepEqual(wrongOf(line({ days: [] })), { ...at, part: 'days', key: 'portal.wrong_days' });
    assert.deepEqual(wrongOf(line({ to: '' })), { ...at, part: 'times', key: 'portal.wrong_no_times' });
    assert.deepEqual(wrongOf(line({ from: '06:00' })), { ...at, part: 'times', key: 'portal.wrong_same_times' });
    const nowhere = weeklyOf({ ...inBerlin(line()), timeZone: 'Nowhere/Land' });
    assert.deepEqual(nowhere, { line: 0, part: 'zone', key: 'portal.wrong_zone' });
  });

  it('are added, changed and removed line by line, up to as many as a share may have', () => {
    const two = withLine(usualHours('UTC'));
    assert.deepEqual(
      two.lines.map(({ days }) => days),
      [
        [1, 2, 3, 4, 5],
        [6, 7],
      ],
    );
    assert.deepEqual(withoutLine(withChangedLine(two, 1, { from: '10:00' }), 0).lines, [
      line({ days: [6, 7], from: '10:00', to: '18:00' }),
    ]);
    let many = two;
    for (let count = 0; count < 60; count += 1) many = withLine(many);
    assert.equal(many.lines.length, 50);
  });

  it('offer every clock, also one that the browser does not list', () => {
    const zones = timeZones('UTC', 'Europe/Berlin');
    assert.deepEqual(zones.slice(0, 2), ['UTC', 'Europe/Berlin']);
    assert.equal(new Set(zones).size, zones.length);
    assert.ok(zones.includes('Asia/Tokyo'));
  });
});
