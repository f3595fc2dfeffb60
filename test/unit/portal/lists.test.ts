import assert from 'node:assert/strict';
import { keyOfLine, nameOfLine } from '../../../portal/history/history-line.ts';
import { lacksOpen, type Naming, withNewest, withOlder } from '../../../portal/history/log.ts';
import { sessionWords } from '../../../portal/session/session-words.ts';
import { byParty, matching } from '../../../portal/sharing/by-party.ts';
import { confirmedLines, noShareEnded } from '../../../portal/sharing/confirmed.ts';
import { isNameShared, isSucceeded } from '../../../portal/sharing/same-name.ts';
import { createNotices } from '../../../portal/shell/notices.ts';
import { refusedNotice } from '../../../portal/shell/refused-notice.ts';
import { linkTo, type Place, readPlace } from '../../../portal/shell/route.ts';
import type { DeviceRecord, HistoryRecord, ShareRecord } from '../../../portal/wire/records.ts';
import { createWords } from '../../../portal/words/words.ts';

const words = createWords('en');

const device = (id: string, more: Partial<DeviceRecord> = {}): DeviceRecord => ({
  ...{
    id,
    name: id,
    callsItself: id,
    nameTaken: false,
    state: 'active',
    assurance: 'device',
    fingerprint: 'f',
    createdAt: 0,
  },
  ...more,
});
const share = (kind: 'device' | 'person', id: string, resourceName = 'Dishwasher'): ShareRecord => ({
  ...{ id: `sh_${id}`, version: 1, resource: 'r', resourceName, party: { kind, id }, partyName: id, scopes: ['start'] },
  ...{ conditions: {}, createdAt: 0, by: { kind: 'server' } },
});

describe('the portal’s lists', () => {
  it('put every share with whom it is for: devices, people, and what is retired last', () => {
    const devices = [device('b'), device('a'), device('old', { state: 'retired' })];
    const parties = byParty(devices, [share('person', 'a'), share('device', 'b')]);
    const shown = parties.map(({ kind, id, shares }) => [kind, id, shares.length]);
    assert.deepEqual(shown, [
      ['device', 'a', 0],
      ['device', 'b', 1],
      ['person', 'a', 1],
      ['device', 'old', 0],
    ]);
  });

  it('say that a name is used twice only of devices in use, and of a retired one that another came', () => {
    const old = device('1', { name: 'Thermostat', state: 'retired' });
    const next = device('2', { name: 'thermostat', nameTaken: true, createdAt: 5 });
    const other = device('3', { name: 'Thermostat', nameTaken: true });
    const told = (...devices: DeviceRecord[]) =>
      devices.map((one) => [isNameShared(one, devices), isSucceeded(one, devices)]);
    assert.deepEqual(told(old, next), [
      [false, true],
      [false, false],
    ]);
    assert.deepEqual(told(next, other), [
      [true, false],
      [true, false],
    ]);
    assert.deepEqual(told(old), [[false, false]]);
    assert.deepEqual(told(next), [[true, false]], 'the server knows of one that is not in the list');
  });

  it('are found by all words typed, in the name or in what is shared', () => {
    const parties = byParty([device('Thermostat'), device('Kettle')], [share('device', 'Kettle')]);
    const found = (typed: string) => matching(parties, typed).map(({ id }) => id);
    assert.deepEqual(found(' kettle  DISH '), ['Kettle']);
    assert.deepEqual(found(''), ['Kettle', 'Thermostat']);
    assert.deepEqual(found('kettle oven'), []);
  });

  it('grow at both ends, without a line twice and without a gap', () => {
    const key = (number: number) => number;
    const log = withOlder(withNewest({ items: [] }, { items: [5, 4], next: '4' }, { keyOf: key }), {
      items: [3, 2],
      next: '2',
    });
    assert.deepEqual(log, { items: [5, 4, 3, 2], next: '2' });
    assert.deepEqual(withNewest(log, { items: [6, 5], next: '5' }, { keyOf: key }), {
      items: [6, 5, 4, 3, 2],
      next: '2',
    });
    const far = withNewest(log, { items: [99, 98], next: '98' }, { keyOf: key });
    assert.deepEqual(far, { items: [99, 98], next: '98' }, 'what lies between is not known');
  });

  it('show what changed in a line as it is now', () => {
    const receipt = (id: string, unconfirmed: string[]) => ({ id, unconfirmed });
    const log = { items: [receipt('b', ['gw']), receipt('a', ['gw'])], next: 'a' };
    const newest = { items: [receipt('b', [])] };
    assert.deepEqual(withNewest(log, newest, { keyOf: ({ id }) => id }).items, [
      receipt('b', []),
      receipt('a', ['gw']),
    ]);
  });

  it('are read anew as far down as a line is shown that may still change, and what is gone is not kept', () => {
    const receipt = (id: string, unconfirmed: string[] = []) => ({ id, unconfirmed });
    const naming: Naming<ReturnType<typeof receipt>> = {
      keyOf: ({ id }) => id,
      isOpen: ({ unconfirmed }) => unconfirmed.length > 0,
    };
    const log = { items: [receipt('d'), receipt('c'), receipt('b'), receipt('a', ['gw'])], next: 'a' };
    const newest = { items: [receipt('e'), receipt('d')], next: 'd' };
    assert.equal(lacksOpen(log, newest, naming), true);
    assert.equal(lacksOpen({ items: log.items.slice(0, 3) }, newest, naming), false);
    const read = withOlder(newest, { items: [receipt('c'), receipt('a'), receipt('0')], next: '0' });
    assert.equal(lacksOpen(log, read, naming), false);
    assert.deepEqual(withNewest(log, read, naming), read, 'it goes on where the newest part ends');
  });

  it('show a line of history once that counts on and moves up', () => {
    const line = (number: number): HistoryRecord => ({ number, at: number, what: 'panic', by: { kind: 'server' } });
    const refused = (count: number): HistoryRecord => {
      const about = { resource: 'r', why: 'revoked', device: 'd' };
      return { id: 'rf', at: 9, what: 'refused', by: { kind: 'gateway', gateway: 'g' }, ...about, values: { count } };
    };
    const naming = { keyOf: keyOfLine, nameOf: nameOfLine };
    const log = { items: [line(3), refused(1), line(2)], next: '2' };
    const read = withNewest(log, { items: [refused(5), line(3)], next: '3' }, naming);
    assert.deepEqual(read, { items: [refused(5), line(3), line(2)], next: '2' });
    const far = withNewest(log, { items: [refused(5), line(9)], next: '9' }, naming);
    assert.deepEqual(far.next, '9', 'that it was known says nothing of what lies between');
  });
});

describe('what the portal says of an ending', () => {
  it('names who has confirmed, how fast, and who has not', () => {
    const known = { gateways: [{ id: 'a', ms: 4 }], unconfirmed: ['b'] };
    const [one = '', other = ''] = confirmedLines(known, [{ id: 'a', name: 'Node-RED' }], words);
    assert.match(one, /^Node-RED has confirmed it, after 4 ms/);
    assert.match(other, /has not confirmed yet/);
  });

  it('speaks of a Node-RED as one, and not as the home that it is called', () => {
    const lineOf = (name: string, language: string) =>
      confirmedLines(
        { gateways: [{ id: 'a', ms: 4 }], unconfirmed: [] },
        [{ id: 'a', name }],
        createWords(language),
      )[0];
    assert.equal(lineOf('Home', 'en'), 'Node-RED “Home” has confirmed it, after 4 ms.');
    assert.equal(lineOf('Home', 'de'), 'Node-RED „Home“ hat es nach 4 ms bestätigt.');
    assert.match(lineOf('Node-RED in the cellar', 'en') ?? '', /^Node-RED in the cellar has confirmed/);
  });

  it('says when, of one that was away at the time', () => {
    const at = Math.floor(Date.now() / 1000) - 7200;
    const late = { at, gateways: [{ id: 'a', ms: 3_600_000 }], unconfirmed: [] };
    const [line = ''] = confirmedLines(late, [{ id: 'a', name: 'Node-RED' }], words);
    assert.equal(line, `Node-RED has confirmed it, ${words.when(at + 3600)}.`);
    const [soon = ''] = confirmedLines({ ...late, gateways: [{ id: 'a', ms: 40 }] }, [], words);
    assert.equal(soon, 'a Node-RED that is gone or not yours has confirmed it, after 40 ms.');
  });

  it('names the Node-RED whose flow gave the order: nobody tells it, so it confirms nothing', () => {
    const receipt = { at: 0, gateways: [{ id: 'b', ms: 4 }], unconfirmed: [], orderedBy: 'a' };
    const known = [
      { id: 'a', name: 'Home' },
      { id: 'b', name: 'Garage' },
    ];
    const [did, told] = confirmedLines(receipt, known, words);
    assert.equal(did, 'Node-RED “Home” did it itself, at once.');
    assert.match(told ?? '', /^Node-RED “Garage” has confirmed/);
  });

  it('says of a panic that everything was stopped, though no share ended', () => {
    assert.equal(words.say(noShareEnded({ everything: 'alice' })), 'Everything was stopped.');
    assert.equal(words.say(noShareEnded({ share: 'sh_1' })), 'Nothing was there to end.');
  });

  it('tells sessions apart by browser and system, as far as they are known', () => {
    const session = { id: 'se_1', createdAt: 0, expiresAt: 1, from: '127.0.0.1', current: false };
    const told = (more: object) => sessionWords({ ...session, ...more }, words);
    assert.match(told({ browser: 'Firefox', system: 'Android' }), /^Firefox on Android, since .+, from 127\.0\.0\.1$/);
    assert.match(told({ system: 'Android' }), /^Android, since/);
    assert.match(told({}), /^Since .+, from 127\.0\.0\.1$/);
  });

  it('knows better than the server where another window was faster', () => {
    const textOf = (error: string, hint?: string) =>
      refusedNotice({ ok: false, error, ...(hint && { hint }) }, words).text;
    assert.match(textOf('request_closed', 'hint'), /answered already/);
    assert.match(textOf('unheard'), /not known whether that was done/);
    assert.equal(textOf('panic_active', 'Everything is stopped.'), 'Everything is stopped.');
    assert.match(textOf('toString'), /did not work/);
  });

  it('stays until it is put away, the newest three', () => {
    const notices = createNotices();
    let drawn = 0;
    notices.watch(() => {
      drawn += 1;
    });
    for (const text of ['1', '2', '3', '4']) notices.show({ kind: 'done', text });
    notices.dismiss(notices.list()[1]?.id ?? 0);
    assert.deepEqual(
      notices.list().map(({ text }) => text),
      ['2', '4'],
    );
    notices.clear();
    assert.equal(drawn, 6);
  });

  it('of what was wrong go with whatever comes next', () => {
    const notices = createNotices();
    notices.show({ kind: 'done', text: 'taken back' });
    notices.show({ kind: 'wrong', text: 'wrong password' });
    notices.show({ kind: 'done', text: 'everything goes on' });
    assert.deepEqual(
      notices.list().map(({ text }) => text),
      ['taken back', 'everything goes on'],
    );
  });
});

describe('places in the portal', () => {
  it('are found again by their links', () => {
    const places: Place[] = [
      { screen: 'requests' },
      { screen: 'device', id: 'a/b c' },
      { screen: 'code', id: 'BCDF-GHJK' },
    ];
    for (const place of places) assert.deepEqual(readPlace(linkTo(place)), place);
  });

  it('are home where there is no such place', () => {
    for (const hash of ['', '#', '#/', '#/nothing', '#/device', '#/device/%', '#/home/x', '#/constructor'])
      assert.deepEqual(readPlace(hash), { screen: 'home' }, hash);
  });
});
