/** What forms and messages bring, at random. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isScope, parseScopes } from '../../../lib/node-red/scopes.ts';
import { parseUntil } from '../../../lib/node-red/until.ts';
import { fuzz, madeUp, oddValue } from '../../support/fuzz.ts';

const runs = 2_000;
const nowMs = Date.parse('2026-11-27T12:00:00Z');

describe('the end of a share, at random', () => {
  const written = fc
    .array(
      fc.constantFrom(
        '1',
        '22:00',
        'h',
        'hours',
        ' ',
        'sunday',
        '2026-12-24',
        't',
        ':',
        '-',
        '.',
        '9'.repeat(400),
        'z',
        '+01:00',
        'w',
      ),
      {
        maxLength: 6,
      },
    )
    .map((pieces) => pieces.join(''));

  // What cannot even be asked what it is throws, and ends as a mistake of the flow.
  const readable = oddValue().filter(({ odd }) => !odd.includes('proxy'));

  it('is a whole second that a calendar knows, or not understood', () => {
    fc.assert(
      fc.property(fc.oneof(written, fc.double(), fc.maxSafeInteger(), readable), (value) => {
        const end = parseUntil(madeUp(value), nowMs);
        if (end === undefined) return;
        assert.ok(Number.isSafeInteger(end), String(end));
        assert.ok(!Number.isNaN(new Date(end * 1000).getTime()), String(end));
      }),
      fuzz(runs),
    );
  });

  it('comes back from its ISO time, its seconds, its milliseconds and a duration', () => {
    const soon = fc.integer({ min: 1, max: 10 ** 9 });
    fc.assert(
      fc.property(soon, (inSeconds) => {
        const end = nowMs / 1000 + inSeconds;
        const at = new Date(end * 1000);
        for (const text of [at.toISOString(), at, end, end * 1000, String(end), `${inSeconds} seconds`])
          assert.equal(parseUntil(text, nowMs), end, String(text));
      }),
      fuzz(500),
    );
  });

  for (const [what, text] of [
    ['digits', `${'1'.repeat(200_000)}!`],
    ['points', '1.1'.repeat(100_000)],
    ['letters', `1${'a'.repeat(200_000)}`],
    ['spaces', `1${' '.repeat(200_000)}!`],
  ] as const)
    it(`of a message that is a flood of ${what} is refused at once`, () => {
      const began = performance.now();
      assert.equal(parseUntil(text, nowMs), undefined);
      assert.ok(performance.now() - began < 200, 'Node-RED does nothing else meanwhile');
    });
});

describe('scopes, at random', () => {
  it('are texts without doubles, spaces and commas, whatever was given', () => {
    fc.assert(
      fc.property(oddValue(), (value) => {
        const made = madeUp(value);
        const scopes = parseScopes(typeof made === 'object' && made !== null ? [made] : made);
        assert.deepEqual([...new Set(scopes)], scopes);
        assert.ok(scopes.every((scope) => typeof scope === 'string' && scope !== ''));
      }),
      fuzz(runs),
    );
  });

  it('come back from the text that a form shows', () => {
    const scope = fc.stringMatching(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,20}$/);
    fc.assert(
      fc.property(fc.uniqueArray(scope), fc.constantFrom(' ', ', ', ',\t'), (scopes, between) => {
        assert.ok(scopes.every(isScope));
        assert.deepEqual(parseScopes(scopes.join(between)), scopes);
      }),
      fuzz(runs),
    );
  });
});
