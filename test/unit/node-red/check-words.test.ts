import assert from 'node:assert/strict';
import type { CheckWish, Gateway } from '../../../lib/gateway/gateway.ts';
import { passedSentence, toldRefused } from '../../../lib/node-red/check-words.ts';
import { say } from '../../../lib/sharing/say.ts';

const names: Record<string, string> = { dev_kettle: 'Kettle' };
// A fake: a whole gateway is not needed to name things.
const gateway = {
  deviceName: (id: string) => names[id],
  resources: () => [{ key: 'dishwasher', id: 'r1', name: 'Dishwasher' }],
} as unknown as Gateway;
const wish = { resource: 'dishwasher', scopes: ['start'] } as unknown as CheckWish;

interface Sender {
  device: string;
  requestingParty?: string;
}

const passed = (sender: Sender, language = 'en') =>
  say(passedSentence(gateway, wish, { ...sender, issuedAt: 0, expiresAt: 0, permissions: [] }), language);
const refused = (sender: Partial<Sender>, language = 'en') =>
  say(toldRefused({ ...sender, gateway, wish, reason: 'expired' }).sentence, language);

describe('what rpt-check says of whoever sent a message', () => {
  it('names a device by its name, where nobody stands behind it', () => {
    for (const sender of [{ device: 'dev_kettle' }, { device: 'dev_kettle', requestingParty: 'dev_kettle' }]) {
      assert.equal(passed(sender), 'Let through: Kettle may start Dishwasher.');
      assert.equal(refused(sender), 'Not let through, in the name of Kettle: start Dishwasher.');
    }
  });

  it('names a guest’s device with the guest', () => {
    const sender = { device: 'dev_kettle', requestingParty: 'Bob' };
    assert.equal(passed(sender), 'Let through: Kettle of Bob may start Dishwasher.');
    assert.equal(passed(sender, 'de'), 'Durchgelassen: Kettle von Bob darf Dishwasher starten.');
    assert.equal(refused(sender), 'Not let through, in the name of Kettle of Bob: start Dishwasher.');
    assert.equal(refused(sender, 'de'), 'Nicht durchgelassen, im Namen von Kettle von Bob: Dishwasher starten.');
  });

  it('never by its id, also before the server has told its name', () => {
    const sender = { device: 'dev_x', requestingParty: 'Bob' };
    assert.equal(passed(sender), 'Let through: a device of Bob may start Dishwasher.');
    assert.equal(refused(sender), 'Not let through, in the name of a device of Bob: start Dishwasher.');
    assert.equal(refused({}), 'Not let through: start Dishwasher.');
  });
});
