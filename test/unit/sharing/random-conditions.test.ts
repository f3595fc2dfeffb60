/** Conditions and sentences, at random. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holding, holds, narrows, notUnderstood, overlap } from '../../../lib/sharing/conditions.ts';
import { say } from '../../../lib/sharing/say.ts';
import type { Conditions } from '../../../lib/sharing/share.ts';
import english from '../../../lib/sharing/text/en.json' with { type: 'json' };
import { fuzz, oddTexts } from '../../support/fuzz.ts';

const runs = 2_000;
const moment = fc.integer({ min: 0, max: 20 });
const span: fc.Arbitrary<Conditions> = fc.record({ notBefore: moment, until: moment }, { requiredKeys: [] });
const everyMoment = Array.from({ length: 23 }, (_, index) => index - 1);

describe('conditions, at random', () => {
  it('hold exactly from notBefore to the second before until', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: -1, max: 22 }), (conditions, now) => {
        const { notBefore = -2, until = 99 } = conditions;
        assert.equal(holds(conditions, now), now >= notBefore && now < until);
      }),
      fuzz(runs),
    );
  });

  it('overlap and narrow as a look at every moment says', () => {
    fc.assert(
      fc.property(span, span, (one, other) => {
        const both = everyMoment.some((now) => holds(one, now) && holds(other, now));
        assert.equal(overlap(one, other), both, 'overlap');
        const only = everyMoment.every((now) => !holds(other, now) || holds(one, now));
        if (narrows(one, other)) assert.ok(only, 'what narrows holds at no moment that was not there');
      }),
      fuzz(runs),
    );
  });

  it('that are not understood never hold', () => {
    const odd = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(odd, fc.integer(), (conditions, now) => {
        const judged = holding(conditions as Conditions, now);
        if (notUnderstood(conditions).length > 0) assert.equal(judged, 'unknown');
        if (judged === 'holds')
          for (const value of Object.values(conditions)) assert.ok(value === undefined || typeof value === 'number');
      }),
      fuzz(runs),
    );
  });
});

describe('sentences, at random', () => {
  it('are one line of bounded length, whatever strangers call themselves', () => {
    const value = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary' }), fc.double());
    const names = [
      ...new Set(
        Object.values(english).flatMap((sentence) => [...sentence.matchAll(/\{(\w+)/g)].map((found) => found[1] ?? '')),
      ),
    ];
    const values = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), value);
    const key = fc.oneof(fc.constantFrom(...Object.keys(english)), fc.constantFrom(...oddTexts));
    fc.assert(
      fc.property(key, values, (named, given) => {
        const said = say({ key: named, values: given });
        assert.ok(said.length < 3_000, `${said.length} characters`);
        assert.doesNotMatch(said, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
      fuzz(runs),
    );
  });
});
