import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClaimOutcome } from '../../lib/gateway/gateway.ts';
import { DeviceError } from '../../lib/identity/device-error.ts';
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

  it('rotate: says which key the device has now, which it had, and how long that counts', async () => {
    const flow = await aFlow({ ...settings, action: 'rotate' });
    flow.give({ payload: 'kept' });
    const { payload, uma = {} } = await flow.next(1);
    const { sentence, ...rest } = uma;
    assert.deepEqual(rest, {
      device: 'client-thermostat',
      keyThumbprint: 'new',
      previousThumbprint: 'abc',
      overlapUntil: 90_010,
    });
    assert.deepEqual([payload, typeof sentence], ['kept', 'string']);
  });

  for (const [code, says] of [
    ['device_retired', /set to claim makes a new key/],
    ['registry_closed', /send the message again in a moment/],
  ] as const)
    it(`rotate: says what works where it does not: ${code}`, async () => {
      const flow = await aFlow({ ...settings, action: 'rotate' });
      flow.fake().answers.rotate = async () => {
        throw new DeviceError(code, 'thermostat', 'Thermostat');
      };
      flow.give({});
      assert.match(String((await flow.next(3)).uma?.hint), says);
    });

  it('retire: for ever', async () => {
    const flow = await aFlow({ ...settings, action: 'retire' });
    flow.give({});
    const { device, state } = (await flow.next(1)).uma ?? {};
    assert.deepEqual([device, state], ['client-thermostat', 'retired']);
    assert.deepEqual(flow.fake().calls('retire'), [['thermostat']]);
  });

  describe('claim', () => {
    const code = {
      userCode: 'BCDF-GHJK',
      verificationUri: 'https://home.example:1862/device',
      verificationUriComplete: 'https://home.example:1862/device?user_code=BCDF-GHJK',
    };
    /** A claim node, and the owner's answer as a switch. */
    const claiming = async (offered = code) => {
      const flow = await aFlow({ ...settings, action: 'claim' });
      const said: { resolve(outcome: ClaimOutcome): void; reject(error: Error): void } = { resolve() {}, reject() {} };
      const outcome = new Promise<ClaimOutcome>((resolve, reject) => Object.assign(said, { resolve, reject }));
      flow.fake().answers.claim = async () => ({
        code: { ...offered, expiresAtMs: Date.now() + 600_000 },
        outcome,
        wait: () => 'waiting',
      });
      return { flow, said };
    };

    it('first the code, the link and a picture of it for a phone (RFC 8628 3.3.1)', async () => {
      const { flow } = await claiming();
      flow.give({ payload: 'kept' });
      const { payload, uma = {} } = await flow.next(1);
      const { qr, expiresIn, sentence, ...rest } = uma;
      assert.deepEqual(rest, {
        device: 'client-thermostat',
        verification_uri: code.verificationUri,
        verification_uri_complete: code.verificationUriComplete,
        user_code: 'BCDF-GHJK',
      });
      assert.equal(payload, 'kept');
      assert.ok(Number(expiresIn) > 590 && Number(expiresIn) <= 600);
      assert.match(String(sentence), /BCDF-GHJK/);
      const [kind, picture = ''] = String(qr).split(',');
      assert.equal(kind, 'data:image/svg+xml;base64');
      assert.match(Buffer.from(picture, 'base64').toString(), /^<svg[\s>]/);
      assert.equal(flow.statuses.at(-1)?.text, 'status.pending');
    });

    for (const [host, why] of [
      ['127.0.0.1', 'leads a phone to itself'],
      ['localhost', 'leads a phone to itself'],
      ['[::1]', 'leads a phone to itself'],
      ['pi.home', 'is answered on the server’s own computer only, since nothing is encrypted'],
    ] as const)
      it(`no picture of a link that ${why}: ${host}`, async () => {
        const link = `http://${host}:1862/device`;
        const { flow } = await claiming({
          ...code,
          verificationUri: link,
          verificationUriComplete: `${link}?user_code=X`,
        });
        flow.give({});
        assert.equal('qr' in ((await flow.next(1)).uma ?? {}), false);
      });

    it('then, as a clone of the input, what the owner said; once however many asked', async () => {
      const { flow, said } = await claiming();
      flow.give({ topic: 'first', payload: { deep: 1 } });
      const shown = await flow.next(1);
      flow.give({ topic: 'second' });
      await flow.next(1);
      said.resolve('claimed');
      const outcome = await flow.next(1);
      const { sentence, ...uma } = outcome.uma ?? {};
      assert.deepEqual(uma, { device: 'client-thermostat', outcome: 'claimed', state: 'active', owner: 'alice' });
      assert.equal(sentence, 'Thermostat belongs to alice.');
      assert.deepEqual([outcome.topic, outcome === shown], ['second', false]);
      assert.equal(flow.seen(1).length, 3);
      assert.equal(flow.statuses.at(-1)?.text, 'status.active');
    });

    it('does not go on showing a device in use that another node has stopped', async () => {
      const { flow, said } = await claiming();
      flow.give({});
      await flow.next(1);
      said.resolve('claimed');
      await flow.next(1);
      const told = once(flow.node as NodeJS.EventEmitter, 'call:status');
      const news = { before: 'active', state: 'quarantined', why: 'by_flow' };
      flow.fake().tell('device', { ...news, device: 'client-lamp' });
      flow.fake().tell('device', { ...news, device: 'client-thermostat' });
      await told;
      assert.deepEqual(
        flow.statuses.slice(-2).map(({ text }) => text),
        ['status.active', 'status.quarantined'],
      );
    });

    for (const outcome of ['denied', 'expired'] as const)
      it(`${outcome} is an answer, not a mistake`, async () => {
        const { flow, said } = await claiming();
        flow.give({});
        await flow.next(1);
        said.resolve(outcome);
        assert.equal((await flow.next(1)).uma?.outcome, outcome);
        assert.equal(flow.statuses.at(-1)?.text, `status.${outcome}`);
      });

    it('a Catch hears of a claim that broke off', async () => {
      const { flow, said } = await claiming();
      flow.give({ topic: 'mine' });
      await flow.next(1);
      said.reject(Object.assign(new Error('no'), { code: 'device_retired', hint: { key: 'hint.device_retired' } }));
      const caught = await flow.next(3);
      assert.deepEqual([caught.topic, (caught.error as unknown as { code: string }).code], ['mine', 'device_retired']);
    });

    it('only where the settings say so, never because a message does', async () => {
      const flow = await aFlow({ ...settings, action: 'status' });
      flow.give({ action: 'claim', uma: { action: 'claim' } });
      await flow.next(1);
      assert.deepEqual(flow.fake().calls('claim'), []);
    });
  });

  describe('watch', () => {
    const news = {
      device: 'client-thermostat',
      key: 'thermostat',
      state: 'quarantined',
      before: 'active',
      why: 'by_owner',
    };
    const watching = (more: object = {}) => aFlow({ ...settings, action: 'watch', ...more });

    it('one message for each change of its device, and of no other', async () => {
      const flow = await watching();
      flow.fake().tell('device', { ...news, device: 'client-lamp', key: 'lamp' });
      flow.fake().tell('device', news);
      const msg = await flow.next(1);
      const { sentence, ...uma } = msg.uma ?? {};
      assert.deepEqual(uma, { device: 'client-thermostat', state: 'quarantined', before: 'active', why: 'by_owner' });
      assert.deepEqual([msg.topic, msg.payload, typeof msg._msgid], ['Thermostat', sentence, 'string']);
      assert.equal(flow.seen(1).length, 1);
      assert.equal(flow.statuses.at(-1)?.text, 'status.quarantined');
    });

    it('every device, where it is set so', async () => {
      const flow = await watching({ deviceType: 'every', device: '', server: 'n-home' });
      flow.fake().tell('device', { ...news, device: 'client-lamp', key: 'lamp' });
      assert.equal((await flow.next(1)).uma?.device, 'client-lamp');
    });

    it('takes no message, and says so where one comes all the same', async () => {
      const flow = await watching();
      flow.give({});
      assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'unknown_action');
    });
  });

  it('refuses an action that it does not know', async () => {
    const flow = await aFlow({ ...settings, action: 'promote' });
    flow.give({});
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'unknown_action');
  });
});
