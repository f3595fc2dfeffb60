import assert from 'node:assert/strict';
import { aFlow, withNodeRed } from './a-flow.ts';

const settings = { type: 'device-identity', deviceType: 'config', device: 'n-thermostat' };

describe('device-identity', () => {
  withNodeRed();

  it('status: says how a device stands and leaves the message alone', async () => {
    const flow = await aFlow({ ...settings, action: 'status' });
    flow.give({ payload: 'kept', uma: { left: 'over' } });
    const msg = await flow.next(1);
    const { sentence, ...uma } = msg.uma ?? {};
    assert.deepEqual(uma, {
      device: 'client-thermostat',
      state: 'active',
      owner: 'alice',
      assurance: 'gateway',
      keyThumbprint: 'abc',
      keyAgeDays: 3,
    });
    assert.equal(typeof sentence, 'string');
    assert.equal(msg.payload, 'kept');
    assert.equal(flow.statuses.at(-1)?.text, 'status.active');
  });

  it('suspend: puts the device into quarantine', async () => {
    const flow = await aFlow({ ...settings, action: 'suspend' });
    flow.give({});
    assert.equal((await flow.next(1)).uma?.state, 'quarantined');
    assert.deepEqual(flow.fake().calls('suspend'), [['thermostat']]);
    assert.equal(flow.statuses.at(-1)?.text, 'status.quarantined');
  });

  it('resume: only where the settings say so, never because a message does', async () => {
    const flow = await aFlow({ ...settings, action: 'status' });
    flow.give({ action: 'resume', payload: { action: 'resume' } });
    await flow.next(1);
    assert.deepEqual(flow.fake().calls('resume'), []);
  });

  it('resume: passes on that no owner gave this gateway the authority', async () => {
    const flow = await aFlow({ ...settings, action: 'resume' });
    flow.fake().answers.resume = async () => {
      throw Object.assign(new Error('no'), { code: 'OwnerNotConnected' });
    };
    flow.give({});
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'OwnerNotConnected');
  });

  it('refuses an action that it does not know', async () => {
    const flow = await aFlow({ ...settings, action: 'retire' });
    flow.give({});
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'unknown_action');
  });
});
