import assert from 'node:assert/strict';
import type { Reason } from '../../../lib/decision/reason.ts';
import { isRefusalReason, REFUSAL_REASONS, refusalSentences, type ShownRefusal } from '../../../lib/sharing/refusal.ts';
import { say } from '../../../lib/sharing/say.ts';

const told = (refusal: ShownRefusal, language = 'en') =>
  refusalSentences(refusal)
    .map((text) => say(text, language))
    .join(' ');

describe('a refusal in words', () => {
  for (const language of ['en', 'de'])
    it(`has words for every reason (${language})`, () => {
      for (const reason of REFUSAL_REASONS)
        for (const resourceName of [undefined, 'Dishwasher'])
          for (const count of [1, 9]) {
            const where = resourceName === undefined ? {} : { resourceName };
            assert.doesNotMatch(told({ reason, count, otherReasons: count, ...where }, language), /\[/, reason);
          }
    });

  it('knows every reason of a decision, but a nonce that is asked for', () => {
    const all = REFUSAL_REASONS satisfies readonly (Exclude<Reason, 'use_dpop_nonce'> | 'stopped')[];
    const none: Exclude<Exclude<Reason, 'use_dpop_nonce'>, (typeof all)[number]>[] = [];
    assert.deepEqual(none, []);
    assert.equal(isRefusalReason('use_dpop_nonce'), false);
    assert.equal(isRefusalReason('because I say so'), false);
  });

  it('says of a token without its key whose it was, and not that its device was there', () => {
    const about = { count: 2, deviceName: 'Thermostat', resourceName: 'Dishwasher' };
    assert.match(
      told({ ...about, reason: 'proof_replayed' }),
      /^Somebody showed Dishwasher a token of Thermostat, 2 times, and was not let through\./,
    );
    assert.match(
      told({ ...about, reason: 'outside_hours' }, 'de'),
      /^Thermostat wurde 2-mal nicht zu Dishwasher durchgelassen\./,
    );
    assert.match(told({ count: 9 }), /^9 more messages/);
  });

  it('of whoever is unknown, says how often, why mostly, and that there were other reasons', () => {
    const about = { count: 312, reason: 'invalid_token', resourceName: 'Dishwasher' } as const;
    assert.equal(
      told({ ...about, otherReasons: 12 }),
      'Somebody unknown was not let through to Dishwasher, 312 times. The token is not valid here. 12 times it was for another reason.',
    );
    assert.equal(
      told({ count: 2, reason: 'revoked', otherReasons: 1 }, 'de'),
      'Jemand Unbekanntes wurde 2-mal anderswo nicht durchgelassen. Die Erlaubnis wurde widerrufen. Einmal war es aus einem anderen Grund.',
    );
  });
});
