import assert from 'node:assert/strict';
import type { Reason } from '../../../lib/decision/reason.ts';
import { isRefusalReason, REFUSAL_REASONS, refusalSentence, refusalWhy } from '../../../lib/sharing/refusal.ts';
import { say } from '../../../lib/sharing/say.ts';

describe('a refusal in words', () => {
  for (const language of ['en', 'de'])
    it(`has words for every reason (${language})`, () => {
      for (const reason of REFUSAL_REASONS)
        for (const text of [refusalWhy(reason), refusalSentence({ reason, count: 1 })])
          assert.doesNotMatch(say(text, language), /^\[/, reason);
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
    assert.equal(
      say(refusalSentence({ ...about, reason: 'proof_replayed' })),
      'Somebody showed Dishwasher a token of Thermostat, 2 times, and was not let through.',
    );
    assert.equal(
      say(refusalSentence({ ...about, reason: 'outside_hours' }), 'de'),
      'Thermostat wurde 2-mal nicht zu Dishwasher durchgelassen.',
    );
    assert.match(say(refusalSentence({ count: 9 })), /^9 more messages/);
  });
});
