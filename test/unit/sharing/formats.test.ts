import assert from 'node:assert/strict';
import { say, sayIn } from '../../../lib/sharing/say.ts';
import { shareSentence } from '../../../lib/sharing/sentence.ts';
import type { Conditions } from '../../../lib/sharing/share.ts';

const now = 1_900_000_000;
const hours = (timeZone: string) => ({ timeZone, windows: [{ days: [1, 2, 3], from: '08:00', to: '18:00' }] });
const limits: Conditions[] = [
  {},
  { until: now + 3600, once: true },
  { weekly: hours('Europe/Berlin') },
  { weekly: hours('Asia/Tokyo'), until: now + 40 * 86_400, ownKeyOnly: true },
];
const sentences = Array.from({ length: 2_000 }, (_, index) => {
  const conditions = limits[index % limits.length] ?? {};
  return shareSentence({ partyName: `Device ${index}`, scopes: ['start', 'stop'], conditions }, 'Dishwasher');
});

/** How many formats were made meanwhile. */
function formatsMade(work: () => void): number {
  const { DateTimeFormat, ListFormat } = Intl;
  let made = 0;
  const counting = <T extends object>(kind: T) =>
    new Proxy(kind, {
      construct(target, args) {
        made += 1;
        return Reflect.construct(target as unknown as new () => object, args);
      },
    });
  Object.assign(Intl, { DateTimeFormat: counting(DateTimeFormat), ListFormat: counting(ListFormat) });
  try {
    work();
  } finally {
    Object.assign(Intl, { DateTimeFormat, ListFormat });
  }
  return made;
}

describe('what it takes to write moments and lists', () => {
  it('is made once for all sentences of a list, however long that is', () => {
    const made = (count: number) => formatsMade(() => sentences.slice(0, count).map(sayIn('en')));
    assert.ok(made(4) > 0);
    assert.equal(made(2_000), made(4));
  });

  it('changes no word of any of them', () => {
    for (const language of ['en', 'de-AT'])
      for (const timeZone of ['Europe/Berlin', 'UTC']) {
        const options = { nowMs: now * 1000, timeZone };
        const spoken = sayIn(language, options);
        for (const text of sentences.slice(0, 8)) assert.equal(spoken(text), say(text, language, options));
      }
  });

  it('follows whoever travels to another time zone', () => {
    const [text] = sentences.slice(1);
    const spoken = sayIn('en', { nowMs: now * 1000 });
    const home = process.env.TZ;
    const heard = ['Asia/Tokyo', 'America/New_York'].map((zone) => {
      process.env.TZ = zone;
      return text && spoken(text);
    });
    if (home === undefined) delete process.env.TZ;
    else process.env.TZ = home;
    assert.notEqual(heard[0], heard[1]);
  });
});
