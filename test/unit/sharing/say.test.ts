import assert from 'node:assert/strict';
import { say } from '../../../lib/sharing/say.ts';
import { requestSentence, shareSentence } from '../../../lib/sharing/sentence.ts';
import type { Conditions, WeeklyWindow } from '../../../lib/sharing/share.ts';

const nowMs = Date.UTC(2026, 9, 7, 12);
const options = { nowMs, timeZone: 'UTC' };
const share = { partyName: 'Thermostat', scopes: ['start'], conditions: {} };

describe('sentences', () => {
  it('says who may do what with which thing', () => {
    assert.equal(say(shareSentence(share, 'Dishwasher'), 'en', options), 'Thermostat may start Dishwasher');
  });

  it('says until when, by the day of the week while that is clear', () => {
    const until = Date.UTC(2026, 9, 11, 22) / 1000;
    const text = shareSentence({ ...share, conditions: { until } }, 'Dishwasher');
    assert.equal(say(text, 'en', options), 'Thermostat may start Dishwasher until Sunday 22:00');
  });

  it('says the date where the day of the week would mislead, and from when', () => {
    const until = Date.UTC(2027, 0, 2, 7, 5) / 1000;
    const notBefore = nowMs / 1000 - 60;
    const text = shareSentence({ ...share, conditions: { until, notBefore } }, 'Dishwasher');
    const words = say(text, 'en', options);
    assert.match(words, /from October 7, 2026 11:59 until January 2, 2027 07:05$/);
    const from = shareSentence({ ...share, conditions: { notBefore } }, 'Dishwasher');
    assert.match(say(from, 'en', options), /from October 7, 2026 11:59 on$/);
  });

  const hours = (timeZone: string, ...windows: WeeklyWindow['windows']) => ({ weekly: { timeZone, windows } });
  const workdays = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
  const until = Date.UTC(2026, 9, 11, 22) / 1000;
  const limits: [Conditions, string][] = [
    [{ once: true }, 'once'],
    [{ ownKeyOnly: true }, 'if its key is its own'],
    [hours('UTC', workdays), 'on Monday to Friday from 08:00 to 18:00'],
    [hours('UTC', { ...workdays, days: [7, 6] }), 'on Saturday and Sunday from 08:00 to 18:00'],
    [
      hours('UTC', { ...workdays, days: [1, 3, 4, 5, 7] }),
      'on Monday, Wednesday to Friday, and Sunday from 08:00 to 18:00',
    ],
    [
      hours('UTC', { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }),
      'every day from 22:00 to 06:00 the next day',
    ],
    [hours('UTC', { days: [6], from: '00:00', to: '24:00' }), 'on Saturday'],
    [
      hours('UTC', workdays, { days: [6], from: '10:00', to: '12:00' }),
      'on Monday to Friday from 08:00 to 18:00 and on Saturday from 10:00 to 12:00',
    ],
    [hours('Europe/Paris', workdays), 'on Monday to Friday from 08:00 to 18:00 (time of Europe/Paris)'],
    [
      { until, once: true, ownKeyOnly: true, ...hours('UTC', workdays) },
      'once, on Monday to Friday from 08:00 to 18:00, until Sunday 22:00, if its key is its own',
    ],
  ];
  for (const [conditions, words] of limits)
    it(`says that it may do so ${words}`, () => {
      const text = shareSentence({ ...share, conditions }, 'Dishwasher');
      assert.equal(say(text, 'en', options), `Thermostat may start Dishwasher ${words}`);
    });

  it('says of a moment, and of a day’s end, that it is in UTC where that was asked for, and of no other time zone', () => {
    const said = (until: number, language: string, timeZone: string) =>
      say(shareSentence({ ...share, conditions: { until } }, 'Dishwasher'), language, {
        ...{ nowMs: Date.UTC(2026, 6, 3, 12), timeZone, saysUtc: true },
      });
    const [evening, midnight] = [Date.UTC(2026, 6, 5, 22) / 1000, Date.UTC(2026, 6, 6) / 1000];
    for (const zone of ['UTC', 'Etc/UTC']) {
      assert.match(said(evening, 'en', zone), / until Sunday 22:00 UTC$/);
      assert.match(said(midnight, 'en', zone), / until the end of Sunday \(UTC\)$/);
      assert.match(said(midnight, 'de', zone), / bis Sonntag 24:00 Uhr \(UTC\) /);
    }
    assert.match(said(evening, 'en', 'Atlantic/Reykjavik'), / until Sunday 22:00$/);
  });

  it('joins scopes as the language does, and reads a scope that is an address', () => {
    const scopes = ['start', 'turn-on', 'https://home.example/scopes/stop'];
    const text = requestSentence({ deviceName: 'A', resourceName: 'B', scopes });
    assert.equal(say(text), 'A asks to start, turn on, and stop B');
    assert.equal(say(text, 'de'), 'A möchte B starten, einschalten und stop');
  });

  it('a name cannot break the sentence', () => {
    const text = shareSentence({ ...share, partyName: 'A\nB\u202e{resource}\u2066' }, 'x'.repeat(1000));
    const words = say(text, 'en', options);
    assert.match(words, /^A B {resource} may start x+…$/);
    assert.ok(words.length < 300);
  });

  it('a key nobody has is shown as itself, and an odd language is taken for English', () => {
    assert.equal(say({ key: 'hint.nobody', values: { secret: 's' } }), '[hint.nobody]');
    assert.equal(say({ key: 'constructor' }), '[constructor]');
    assert.equal(say({ key: 'sentence.share' }), '… may … …');
    assert.match(
      say({ key: 'sentence.share_until', values: { until: 1 } }, '!!', options),
      /until January 1, 1970 00:00/,
    );
  });

  it('speaks German to whoever wishes any German, and English to all others', () => {
    const text = shareSentence({ ...share, conditions: { until: Date.UTC(2027, 0, 2, 7, 5) / 1000 } }, 'Kessel');
    const german = 'Thermostat darf Kessel bis 2. Januar 2027 07:05 starten';
    for (const tag of ['de', 'DE', 'de-DE', 'de_DE.UTF-8', 'de-x-quatsch'])
      assert.equal(say(text, tag, options), german);
    assert.match(say(text, 'de-AT', options), /bis 2. Jänner 2027 07:05/);
    const english = 'Thermostat may start Kessel until January 2, 2027 07:05';
    for (const tag of ['en', 'den', 'enm', 'fr', 'fr-DE', '', '__proto__', 'x'.repeat(1e5)])
      assert.equal(say(text, tag, options), english);
    assert.match(say(text, 'en-GB', options), /until 2 January 2027 07:05/);
  });

  it('takes other messages, and English where they lack a key', () => {
    const messages = { 'sentence.share': '{device} kann {scopes|list}: {resource}' };
    assert.equal(say(shareSentence(share, 'X'), 'de', { messages }), 'Thermostat kann start: X');
    assert.match(say({ key: 'hint.busy' }, 'de', { messages }), /Too many people/);
  });
});
