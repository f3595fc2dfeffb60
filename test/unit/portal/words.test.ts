import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import english from '../../../lib/sharing/text/en.json' with { type: 'json' };
import { when } from '../../../lib/sharing/when.ts';
import { byText, lineText, lineWords, whyText } from '../../../portal/history/history-line.ts';
import type { HistoryRecord } from '../../../portal/wire/records.ts';
import { chooseLanguage } from '../../../portal/words/language.ts';
import { createWords } from '../../../portal/words/words.ts';

const root = join(import.meta.dirname, '../../..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'));
}

const all = (texts: string[], pattern: RegExp) =>
  new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found)));

const words = createWords('en', () => new Date(2026, 4, 3, 12).getTime());
const names = {
  device: (id: string) => ({ th: 'Thermostat' })[id],
  resource: (id: string) => ({ dw: 'Dishwasher' })[id],
  gateway: () => undefined,
  gatewayCalled: (name: string) => `Node-RED “${name}”`,
};
const line = (more: Partial<HistoryRecord>): HistoryRecord => {
  return { number: 1, at: 0, what: 'share_granted', by: { kind: 'server' }, ...more };
};

describe('words of the portal', () => {
  it('are all said somewhere, and all there', () => {
    const named = all(sources('portal'), /['"](portal\.\w+)['"]/g);
    const known = Object.keys(english).filter((key) => key.startsWith('portal.'));
    assert.deepEqual(
      known.filter((key) => !named.has(key)),
      [],
    );
    assert.deepEqual(
      [...named].filter((key) => !Object.hasOwn(english, key)),
      [],
    );
  });

  it('are in the first language wanted that there is', () => {
    assert.equal(chooseLanguage(['fr-FR', 'de-AT', 'en']), 'de-AT');
    assert.equal(chooseLanguage(['en-GB', 'de']), 'en-GB');
    assert.equal(chooseLanguage(['fr']), 'en');
    assert.equal(chooseLanguage([]), 'en');
  });

  it('say of a no who cannot ask again, and for how long', () => {
    assert.match(
      words.say('portal.denied', { device: 'Thermostat' }),
      /For a day Thermostat cannot ask you for this again/,
    );
  });

  it('say after a stop where the code stands, as the page without script does', () => {
    assert.equal(english['portal.goes_on_next'], english['page.panic_ended_next']);
  });

  it('say when something was as people do', () => {
    const now = new Date(2026, 2, 29, 12).getTime();
    const at = (...parts: [number, number, number, number]) => Math.floor(new Date(...parts).getTime() / 1000);
    assert.equal(when(at(2026, 2, 29, 0), now, 'en'), 'today 00:00');
    assert.equal(when(at(2026, 2, 28, 23), now, 'en'), 'yesterday 23:00');
    assert.equal(when(at(2026, 2, 29, 9), now, 'de'), 'heute 09:00');
    assert.equal(when(at(2026, 2, 20, 9), now, 'en-GB'), '20 March 2026 09:00');
    assert.equal(when(Number.NaN, now, 'en'), '…');
  });
});

describe('history in words', () => {
  it('has a sentence for everything that the server writes down', () => {
    const server = sources('lib/built-in-server');
    // Of what was not let through the server makes the words itself.
    const written = [...all(server, /what: '(\w+)'/g)].filter((what) => what !== 'refused');
    const whats = [...written, 'device_active', 'device_quarantined', 'device_retired'];
    assert.ok(whats.length > 20);
    for (const what of whats) assert.notEqual(lineText(line({ what }), names, '?').key, 'portal.history_other', what);
  });

  it('has a reason for every denial that the server writes down', () => {
    const server = sources('lib/built-in-server');
    const whys = [
      ...all(server, /(?:shares\.end\(\w+(?:\.\w+)?|retire\(\w+(?:\.\w+)?), '(\w+)'/g),
      'used_up',
      'by_owner',
      'by_gateway',
    ];
    assert.ok(whys.length > 8, whys.join());
    for (const why of whys) assert.ok(whyText(line({ why })), why);
    assert.equal(whyText(line({})), undefined);
  });

  it('names things as they are called now, as they were called, or says that they are gone', () => {
    const told = (more: Partial<HistoryRecord>) => words.tell(lineText(line(more), names, 'something'));
    const values = { scopes: 'start stop' };
    assert.equal(told({ device: 'th', resource: 'dw', values }), 'Allowed: Thermostat may start and stop Dishwasher.');
    assert.equal(
      told({ resource: 'dw', values: { ...values, person: 'Bob' } }),
      'Allowed: Bob may start and stop Dishwasher.',
    );
    const terms = (conditions: object) => ({ ...values, conditions: JSON.stringify(conditions) });
    assert.equal(
      told({ device: 'th', resource: 'dw', values: terms({ once: true }) }),
      'Allowed: Thermostat may start and stop Dishwasher once.',
    );
    assert.equal(
      told({ what: 'share_changed', device: 'th', resource: 'dw', values: terms({}) }),
      'What Thermostat may do with Dishwasher was changed: start and stop, until that is taken back.',
    );
    assert.equal(told({ what: 'device_removed', device: 'x', values: { name: 'Kettle' } }), 'Kettle was removed.');
    assert.equal(told({ what: 'gateway_stopped', values: { name: 'Home' } }), 'Node-RED “Home” was stopped, for ever.');
    assert.equal(told({ what: 'device_claimed', device: 'x' }), 'something became yours.');
    assert.equal(told({ what: 'from_tomorrow' }), 'from_tomorrow');
  });

  it('words the owner’s no as one, with what was asked for, as far as that was written down', () => {
    const about = { what: 'request_denied', device: 'th', resource: 'dw' };
    const told = (values?: Record<string, string>) =>
      words.tell(lineText(line({ ...about, ...(values && { values }) }), names, '?'));
    assert.equal(told({ scopes: 'start' }), 'Not allowed: Thermostat asked to start Dishwasher.');
    assert.equal(told({ scopes: 'start', person: 'Bob' }), 'Not allowed: Bob asked to start Dishwasher.');
    assert.equal(told(), 'Not allowed: Thermostat asked for something of Dishwasher.');
  });

  it('says what flows of a Node-RED may do since that was changed', () => {
    const told = (values: Record<string, string | number>) =>
      lineWords(line({ what: 'gateway_changed', values: { name: 'Home', ...values } }), names, words);
    const changed = 'What flows on Node-RED “Home” may do for its owner was changed.';
    assert.equal(
      told({ scopes: 'shares:read shares:grant', resources: 'dw' }),
      `${changed} Now they may: see devices, shares and history; share: Dishwasher.`,
    );
    assert.equal(told({ scopes: 'shares:grant', resources: '*' }), `${changed} Now they may: share everything.`);
    assert.equal(
      told({ scopes: 'shares:grant', resources: 'dw x', count: 21 }),
      `${changed} Now they may: share: Dishwasher, something that is gone, ….`,
    );
    assert.equal(told({ scopes: '', resources: '*' }), `${changed} Now they may: nothing.`);
    assert.equal(told({ scopes: 'shares:grant' }), changed, 'an older server did not write the limit down');
  });

  it('of what was not let through has the server’s own words, with the reason', () => {
    const sentence = 'Thermostat was not let through to Dishwasher. The permission was for one time, and was used.';
    const refused = line({ what: 'refused', why: 'used_up', values: { count: 1 }, sentence });
    assert.equal(lineWords(refused, names, words), sentence);
    assert.equal(whyText(refused), undefined, 'and not the reason once more');
    assert.equal(lineWords(line({ what: 'panic' }), names, words), 'Everything was stopped.');
  });

  it('says who did it', () => {
    const told = (by: HistoryRecord['by']) => words.tell(byText(by, names, 'something'));
    assert.equal(told({ kind: 'owner', owner: 'alice' }), 'by alice');
    assert.equal(told({ kind: 'gateway', gateway: 'x', owner: 'alice' }), 'by something');
    assert.equal(told({ kind: 'device', device: 'th' }), 'by Thermostat');
    assert.equal(told({ kind: 'server' }), 'by the server');
  });
});
