import assert from 'node:assert/strict';
import { say } from '../../../lib/sharing/say.ts';
import { givenSentence, requestSentence, shareSentence } from '../../../lib/sharing/sentence.ts';
import type { Conditions, WeeklyWindow } from '../../../lib/sharing/share.ts';

const timeZone = 'Europe/Berlin';
/** A Wednesday. */
const NOW = '2026-10-07T12:00+02:00';
const seconds = (moment: string) => Date.parse(moment) / 1000;

function inBoth(conditions: Conditions, now: string, scopes = ['start']): [english: string, german: string] {
  const text = shareSentence({ partyName: 'Thermostat', scopes, conditions }, 'Spülmaschine');
  const options = { nowMs: Date.parse(now), timeZone };
  return [say(text, 'en', options), say(text, 'de', options)];
}

describe('sentences in English and German', () => {
  const ends: [what: string, until: string, now: string, english: string, german: string][] = [
    ['later today', '2026-10-07T22:00+02:00', NOW, 'Wednesday 22:00', 'Mittwoch 22:00'],
    ['midnight', '2026-10-08T00:00+02:00', NOW, 'the end of Wednesday', 'Mittwoch 24:00 Uhr'],
    ['a minute before midnight', '2026-10-07T23:59+02:00', NOW, 'Wednesday 23:59', 'Mittwoch 23:59'],
    ['tomorrow', '2026-10-08T07:30+02:00', NOW, 'Thursday 07:30', 'Donnerstag 07:30'],
    ['Sunday', '2026-10-11T22:00+02:00', NOW, 'Sunday 22:00', 'Sonntag 22:00'],
    ['the same day next week', '2026-10-14T12:00+02:00', NOW, 'October 14, 2026 12:00', '14. Oktober 2026 12:00'],
    ['a minute after midnight', '2026-10-08T00:01+02:00', NOW, 'Thursday 00:01', 'Donnerstag 00:01'],
    ['midnight tomorrow', '2026-10-09T00:00+02:00', NOW, 'the end of Thursday', 'Donnerstag 24:00 Uhr'],
    ['next year', '2027-01-01T00:00+01:00', NOW, 'the end of December 31, 2026', '31. Dezember 2026 24:00 Uhr'],
    ['an end that is past', '2026-10-07T11:00+02:00', NOW, 'October 7, 2026 11:00', '7. Oktober 2026 11:00'],
  ];
  for (const [what, until, now, english, german] of ends)
    it(`until ${what}`, () => {
      assert.deepEqual(inBoth({ until: seconds(until) }, now), [
        `Thermostat may start Spülmaschine until ${english}`,
        `Thermostat darf Spülmaschine bis ${german} starten`,
      ]);
    });

  /** 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00, so that an hour comes twice. */
  const changes: [what: string, until: string, english: string, german: string][] = [
    ['a second before the clock is set forward', '2026-03-29T00:59:59Z', 'Sunday 01:59', 'Sonntag 01:59'],
    ['when the clock is set forward', '2026-03-29T01:00:00Z', 'Sunday 03:00', 'Sonntag 03:00'],
    ['the night of the change, midnight', '2026-10-24T22:00:00Z', 'the end of Saturday', 'Samstag 24:00 Uhr'],
    ['before the hour that comes twice', '2026-10-24T23:59:00Z', 'Sunday 01:59', 'Sonntag 01:59'],
    ['02:30 for the first time', '2026-10-25T00:30:00Z', 'Sunday 02:30 GMT+2', 'Sonntag 02:30 MESZ'],
    ['02:30 for the second time', '2026-10-25T01:30:00Z', 'Sunday 02:30 GMT+1', 'Sonntag 02:30 MEZ'],
    ['after the hour that comes twice', '2026-10-25T02:00:00Z', 'Sunday 03:00', 'Sonntag 03:00'],
  ];
  for (const [what, until, english, german] of changes)
    it(`daylight saving time in Berlin: until ${what}`, () => {
      const friday = new Date(Date.parse(until) - 2 * 86_400_000).toISOString();
      const [inEnglish, inGerman] = inBoth({ until: seconds(until) }, friday);
      assert.ok(inEnglish.endsWith(` until ${english}`), inEnglish);
      assert.ok(inGerman.endsWith(` bis ${german} starten`), inGerman);
    });

  it('a day ends at its last moment, also where the clock is set at midnight', () => {
    const until = (moment: string, zone: string) =>
      say({ key: 'sentence.when_until', values: { until: seconds(moment) } }, 'en', {
        nowMs: seconds(moment) * 1000 - 86_400_000,
        timeZone: zone,
      });
    // 2026-04-24: 00:00 becomes 01:00 in Cairo. 2026-11-01: 01:00 becomes 00:00 in Havana.
    assert.equal(until('2026-04-23T22:00:00Z', 'Africa/Cairo'), 'until the end of Thursday');
    assert.equal(until('2026-11-01T04:00:00Z', 'America/Havana'), 'until the end of Saturday');
    assert.match(until('2026-11-01T05:00:00Z', 'America/Havana'), /^until Sunday 00:00 /);
  });

  it('what may begin later, and end after that', () => {
    const notBefore = seconds('2026-10-09T08:00+02:00');
    const until = seconds('2026-12-24T18:00+01:00');
    assert.deepEqual(inBoth({ notBefore }, NOW), [
      'Thermostat may start Spülmaschine from Friday 08:00 on',
      'Thermostat darf Spülmaschine ab Freitag 08:00 starten',
    ]);
    assert.deepEqual(inBoth({ notBefore, until }, NOW), [
      'Thermostat may start Spülmaschine from Friday 08:00 until December 24, 2026 18:00',
      'Thermostat darf Spülmaschine ab Freitag 08:00 bis 24. Dezember 2026 18:00 starten',
    ]);
  });

  it('one scope, two, and three of which nobody knows one', () => {
    const sentences = [['open'], ['start', 'stop'], ['turn-on', 'dim', 'turn-off']].map((scopes) =>
      inBoth({}, NOW, scopes),
    );
    assert.deepEqual(sentences, [
      ['Thermostat may open Spülmaschine', 'Thermostat darf Spülmaschine öffnen'],
      ['Thermostat may start and stop Spülmaschine', 'Thermostat darf Spülmaschine starten und stoppen'],
      [
        'Thermostat may turn on, dim, and turn off Spülmaschine',
        'Thermostat darf Spülmaschine einschalten, dim und ausschalten',
      ],
    ]);
  });

  const hours = (...windows: WeeklyWindow['windows']): Conditions => ({ weekly: { timeZone, windows } });
  const work = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
  const limits: [conditions: Conditions, english: string, german: string][] = [
    [{ once: true }, 'once', 'nur einmal'],
    [{ ownKeyOnly: true }, 'if its key is its own', 'nur mit eigenem Schlüssel'],
    [hours(work), 'on Monday to Friday from 08:00 to 18:00', 'montags bis freitags von 08:00 bis 18:00'],
    [
      hours({ days: [5, 6], from: '22:00', to: '06:00' }),
      'on Friday and Saturday from 22:00 to 06:00 the next day',
      'freitags und samstags von 22:00 bis 06:00 am Folgetag',
    ],
    [
      hours({ days: [1, 2, 3, 4, 5, 6, 7], from: '18:00', to: '24:00' }),
      'every day from 18:00 to 24:00',
      'täglich von 18:00 bis 24:00',
    ],
    [hours({ days: [7], from: '00:00', to: '24:00' }), 'on Sunday', 'sonntags'],
    [
      hours({ days: [1, 3, 4, 5, 7], from: '08:00', to: '09:00' }),
      'on Monday, Wednesday to Friday, and Sunday from 08:00 to 09:00',
      'montags, mittwochs bis freitags und sonntags von 08:00 bis 09:00',
    ],
    [
      { weekly: { timeZone: 'America/New_York', windows: [work] } },
      'on Monday to Friday from 08:00 to 18:00 (time of America/New_York)',
      'montags bis freitags von 08:00 bis 18:00 (Zeitzone America/New_York)',
    ],
    [
      { once: true, until: seconds('2026-10-11T22:00+02:00'), ownKeyOnly: true, ...hours(work) },
      'once, on Monday to Friday from 08:00 to 18:00, until Sunday 22:00, if its key is its own',
      'nur einmal, montags bis freitags von 08:00 bis 18:00, bis Sonntag 22:00, nur mit eigenem Schlüssel',
    ],
  ];
  for (const [conditions, english, german] of limits)
    it(`limits: ${german}`, () => {
      assert.deepEqual(inBoth(conditions, NOW), [
        `Thermostat may start Spülmaschine ${english}`,
        `Thermostat darf Spülmaschine starten: ${german}`,
      ]);
    });

  it('who asks for what', () => {
    const request = { deviceName: 'Thermostat', resourceName: 'Spülmaschine', scopes: ['start'] };
    assert.equal(say(requestSentence(request), 'de'), 'Thermostat möchte Spülmaschine starten');
    const withPerson = requestSentence({ ...request, person: 'Berta' });
    assert.equal(say(withPerson, 'de'), 'Berta möchte Spülmaschine starten, mit Thermostat');
    assert.equal(say(withPerson, 'en'), 'Berta asks to start Spülmaschine, with Thermostat');
  });

  const given: [what: 'granted' | 'changed', conditions: Conditions | undefined, english: string, german: string][] = [
    [
      'granted',
      { until: seconds('2026-10-08T18:00+02:00') },
      'Allowed: Thermostat may start Oven until Thursday 18:00.',
      'Erlaubt: Thermostat darf Oven starten, bis Donnerstag 18:00.',
    ],
    [
      'granted',
      { until: seconds('2026-10-06T18:00+02:00'), once: true },
      'Allowed: Thermostat may start Oven once, until October 6, 2026 18:00.',
      'Erlaubt: Thermostat darf Oven starten, nur einmal, bis 6. Oktober 2026 18:00.',
    ],
    [
      'granted',
      {},
      'Allowed: Thermostat may start Oven, until that is taken back.',
      'Erlaubt: Thermostat darf Oven starten, bis das widerrufen wird.',
    ],
    [
      'changed',
      { once: true },
      'What Thermostat may do with Oven was changed: start, once.',
      'Geändert wurde, was Thermostat mit Oven darf: starten, nur einmal.',
    ],
    ['granted', undefined, 'Allowed: Thermostat may start Oven.', 'Erlaubt: Thermostat darf Oven starten.'],
  ];
  for (const [what, conditions, english, german] of given)
    it(`what was ${what}, looked back at: ${english}`, () => {
      const limits = conditions === undefined ? {} : { conditions: JSON.stringify(conditions) };
      const about = { partyName: 'Thermostat', scopes: 'start', resourceName: 'Oven', ...limits };
      const options = { nowMs: Date.parse(NOW), timeZone };
      assert.deepEqual(
        ['en', 'de'].map((language) => say(givenSentence(what, about), language, options)),
        [english, german],
      );
    });
});
