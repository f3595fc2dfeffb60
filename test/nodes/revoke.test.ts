import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import helper from 'node-red-node-test-helper';
import type { Gateway } from '../../lib/gateway/gateway.ts';
import { aFlow, type Running, withNodeRed } from './a-flow.ts';

const receipt = {
  id: 'receipt-1',
  target: { share: 'share-1' },
  asOf: 1_700_000_000,
  at: 1_700_000_000,
  revoked: [{ share: 'share-1', device: 'd', resource: 'r', scopes: ['start'] }],
  effective: { localMs: 0.2, gateways: [] },
  unconfirmed: [] as string[],
};

function revoking(later: Promise<unknown> = Promise.resolve(undefined), unconfirmed: string[] = []): Gateway['revoke'] {
  return (async () => ({ receipt: { ...receipt, unconfirmed }, later })) as unknown as Gateway['revoke'];
}

async function aRevoke(config: object, answer = revoking()): Promise<Running> {
  const flow = await aFlow({ type: 'revoke', server: 'n-home', ...config });
  flow.fake().answers.revoke = answer;
  return flow;
}

function target(flow: Running): unknown {
  return flow.fake().first('revoke')[0];
}

describe('revoke', () => {
  withNodeRed();

  it('ends by default the share that just passed rpt-check', async () => {
    const flow = await aRevoke({});
    flow.give({ uma: { share: 'share-1' }, payload: 'x' });
    const msg = await flow.next(1);
    assert.deepEqual(target(flow), { share: 'share-1' });
    assert.equal((msg.payload as { id: string }).id, 'receipt-1');
    assert.equal(msg.uma?.receipt, 'receipt-1');
    assert.deepEqual(flow.fake().first('revoke')[1], { confirmWithinMs: 1_000, why: 'revoked' });
  });

  it('ends everything a device may do, named by its config node', async () => {
    const flow = await aRevoke({ target: 'device', deviceType: 'config', device: 'n-thermostat', server: '' });
    flow.give({ device: 'other' });
    await flow.next(1);
    assert.deepEqual(target(flow), { device: 'client-thermostat' });
  });

  it('ends what a device outside this Node-RED may do, by the id that the message gives', async () => {
    const flow = await aRevoke({ target: 'device', deviceType: 'msg', deviceValue: 'payload.who' });
    flow.give({ payload: { who: 'client-outside' } });
    await flow.next(1);
    assert.deepEqual(target(flow), { device: 'client-outside' });
  });

  for (const token of ['DPoP secret-token', 'Bearer secret-token', 'eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIxIn0.c2ln'])
    it(`takes no token for the name of a share (${token.slice(0, 6)}): it would be told and kept`, async () => {
      const flow = await aRevoke({});
      flow.give({ uma: { share: token } });
      const { error } = (await flow.next(3)) as unknown as { error: { code: string; message: string } };
      assert.equal(error.code, 'no_share');
      assert.ok(!error.message.includes(token));
      assert.deepEqual(flow.fake().calls('revoke'), []);
    });

  for (const [what, name] of [
    ['too long', 'x'.repeat(201)],
    ['no text that can be written down', '\ud800'],
  ] as const)
    it(`takes no name that is ${what}: an order for it would be tried for ever`, async () => {
      const flow = await aRevoke({});
      flow.give({ uma: { share: name } });
      const { error } = (await flow.next(3)) as unknown as { error: { code: string } };
      assert.equal(error.code, 'bad_name');
      assert.deepEqual(flow.fake().calls('revoke'), []);
    });

  it('ends one token by its hash: the token itself goes nowhere', async () => {
    const flow = await aRevoke({ target: 'token' });
    flow.give({ token: 'DPoP secret-token' });
    const msg = await flow.next(1);
    const hash = createHash('sha256').update('secret-token').digest('base64url');
    assert.deepEqual(target(flow), { token: hash });
    assert.equal(JSON.stringify([msg.payload, msg.uma]).includes('secret-token'), false);
  });

  it('ends the token of a message that rpt-check refused', async () => {
    const flow = await aRevoke({ target: 'token', tokenType: 'msg', tokenValue: 'uma.token' });
    flow.give({ uma: { token: `sha256:${'a'.repeat(43)}` } });
    await flow.next(1);
    assert.deepEqual(target(flow), { token: 'a'.repeat(43) });
  });

  it('sends what is confirmed later on output 2, under the same receipt', async () => {
    let confirm = (_receipt: unknown): void => {};
    const later = new Promise((resolve) => {
      confirm = resolve;
    });
    const flow = await aRevoke({}, revoking(later, ['gateway-2']));
    flow.give({ uma: { share: 'share-1' }, topic: 'over' });
    const first = await flow.next(1);
    assert.deepEqual((first.payload as { unconfirmed: string[] }).unconfirmed, ['gateway-2']);
    assert.equal(flow.statuses.at(-1)?.text, 'status.unconfirmed');
    confirm(receipt);
    const second = await flow.next(2);
    assert.deepEqual([second.uma?.receipt, second.topic], ['receipt-1', 'over']);
    assert.notEqual(second, first);
    assert.equal(flow.statuses.at(-1)?.text, 'status.revoked');
  });

  it('says of everything that it is stopped, not that it is revoked: its owner gets it back', async () => {
    const stopped = { ...receipt, target: { everything: 'home' } };
    const later = Promise.resolve(stopped);
    const answer = (async () => ({ receipt: { ...stopped, unconfirmed: ['server'] }, later })) as Gateway['revoke'];
    const flow = await aRevoke({ target: 'everything' }, answer);
    flow.give({ topic: 'panic' });
    const first = await flow.next(1);
    assert.match(
      String(first.uma?.sentence),
      /^Everything is stopped, in force here .* Not everybody has confirmed yet/,
    );
    assert.match(
      String((await flow.next(2)).uma?.sentence),
      /^Everything is stopped, .* Its owner ends it at http:\/\/127\.0\.0\.1:1862\/panic, with the password/,
    );
    const texts = flow.statuses.map(({ text }) => text);
    assert.ok(texts.includes('status.panic-unconfirmed') || texts.includes('status.panic'));
    assert.ok(!texts.some((text) => /revoked|\.unconfirmed/.test(String(text))));
    assert.equal((flow.fake().first('revoke')[1] as { why: string }).why, 'panic');
  });

  for (const [named, sentence] of [
    [{ share: 'share-1' }, /^Nothing to end: it had ended already/],
    [{ device: 'Thermostatt' }, /It ended no share: if it should have, look at the name/],
    [{ resource: 'Dishwashr' }, /It ended no share: if it should have, look at the name/],
    [{ token: 'hash' }, /^Revoked\. Shares ended: 0/],
  ] as const)
    it(`says so where a ${Object.keys(named)} ended no share`, async () => {
      const ended = { ...receipt, target: named, revoked: [] };
      const flow = await aRevoke({}, (async () => ({ receipt: ended, later: Promise.resolve() })) as never);
      flow.give({ uma: { share: 'share-1' } });
      assert.match(String((await flow.next(1)).uma?.sentence), sentence);
    });

  it('is a mistake in the flow when nothing is named', async () => {
    const flow = await aRevoke({});
    flow.give({ payload: 'x' });
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'no_share');
    assert.deepEqual(flow.fake().calls('revoke'), []);
  });

  it('tells Catch nodes when the denial could not be kept', async () => {
    const flow = await aRevoke({}, async () => {
      throw Object.assign(new Error('disk full'), { code: 'store_failed', hint: { key: 'hint.store_failed' } });
    });
    flow.give({ uma: { share: 'share-1' } });
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'store_failed');
  });

  describe('its canvas button', () => {
    const press = () => helper.request().post('/uma-home/revoke/under-test');

    it('stops everything, and sends the receipt', async () => {
      const flow = await aRevoke({ target: 'everything' });
      const answer = await press()
        .set('x-uma-home', '1')
        .send({ target: { share: 'other' } });
      assert.equal(answer.status, 200);
      const msg = await flow.next(1);
      assert.equal((msg.payload as { id: string }).id, 'receipt-1');
      assert.deepEqual(target(flow), { everything: 'home' });
    });

    it('is not there for anything less than everything', async () => {
      const flow = await aRevoke({ target: 'share' });
      assert.equal((await press().set('x-uma-home', '1').send({})).status, 404);
      assert.deepEqual(flow.fake().calls('revoke'), []);
    });

    it('does nothing for a page of another site, a form, or without our header', async () => {
      const flow = await aRevoke({ target: 'everything' });
      const foreign = await press().set('x-uma-home', '1').set('sec-fetch-site', 'cross-site').send({});
      const rebound = await press().set('x-uma-home', '1').set('origin', 'http://evil.example').send({});
      const bare = await press().send({});
      const form = await press()
        .set('x-uma-home', '1')
        .set('content-type', 'application/x-www-form-urlencoded')
        .send('a=1');
      assert.deepEqual([foreign.status, rebound.status, bare.status, form.status], [403, 403, 415, 415]);
      assert.deepEqual(flow.fake().calls('revoke'), []);
    });
  });
});
