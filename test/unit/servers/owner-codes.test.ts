import assert from 'node:assert/strict';
import { createOwnerCodes } from '../../../lib/servers/owner-codes.ts';
import { createOwnerToken } from '../../../lib/servers/owner-token.ts';
import { type FakeAs, fakeAs } from './fake-as.ts';

const signal = new AbortController().signal;
const started = {
  device_code: 'device-code',
  user_code: 'BCDF-GHJK',
  verification_uri: 'http://127.0.0.1:1862/device',
  expires_in: 600,
  interval: 5,
};

async function bench() {
  const as = await fakeAs();
  await as.state.update({ connection: { clientId: 'gw_1', keyThumbprint: as.key.thumbprint, ownerPromised: true } });
  const clock = { ms: 1_000_000 };
  return { as, clock, codes: createOwnerCodes(as.link, () => clock.ms) };
}

const refused = (error: string) => ({ status: 400, json: { error } });

async function waiting(): Promise<Awaited<ReturnType<typeof bench>>> {
  const made = await bench();
  made.as.answers('/device/auth', { json: started });
  await made.codes.ask();
  return made;
}

describe('asking the owner with a code', () => {
  it('RFC 8628 3.1, 3.2: asks once for all who ask, and for everything an owner may give', async () => {
    const { as, codes } = await bench();
    as.answers('/device/auth', { json: started });
    const [one, two] = await Promise.all([codes.ask(), codes.ask()]);
    assert.deepEqual(one, two);
    assert.equal((await codes.ask()).userCode, 'BCDF-GHJK');
    assert.equal(as.asked.length, 1);
    const form = new URLSearchParams(as.asked[0]?.body);
    assert.equal(form.get('scope'), 'uma_protection shares:read shares:reduce shares:grant');
    assert.ok(form.get('client_assertion'));
    assert.deepEqual(as.state.secrets().pendingCode, {
      deviceCode: 'device-code',
      userCode: 'BCDF-GHJK',
      verificationUri: started.verification_uri,
      expiresAtMs: 1_600_000,
      intervalMs: 5_000,
    });
    assert.equal(as.state.connection().ownerPromised, undefined);
  });

  it('RFC 8628 3.2: without an interval it is 5 s', async () => {
    const { as, codes } = await bench();
    as.answers('/device/auth', { json: { ...started, interval: undefined } });
    assert.equal((await codes.ask()).intervalMs, 5_000);
  });

  for (const [interval, ms] of [
    [0, 1_000],
    [3_000_000, 3_600_000],
  ])
    it(`RFC 8628 3.2: asks neither in a loop nor never where the interval is ${interval} s`, async () => {
      const { as, codes } = await bench();
      as.answers('/device/auth', { json: { ...started, interval } });
      assert.equal((await codes.ask()).intervalMs, ms);
    });

  for (const [name, value] of [
    ['device_code', undefined],
    ['user_code', ''],
    ['expires_in', 'soon'],
    ['verification_uri', 'javascript:alert(1)'],
    ['verification_uri', 'somewhere'],
  ] as const) {
    it(`refuses an answer whose ${name} is ${value}`, async () => {
      const { as, codes } = await bench();
      as.answers('/device/auth', { json: { ...started, [name]: value } });
      await assert.rejects(codes.ask(), { code: 'invalid_response' });
      assert.equal(codes.pending(), undefined);
    });
  }

  it('asks for another once it has expired here', async () => {
    const { as, codes, clock } = await waiting();
    clock.ms += 600_000;
    assert.equal(codes.pending(), undefined);
    assert.equal(await codes.poll(signal), 'expired');
    as.answers('/device/auth', { json: { ...started, user_code: 'LMNP-QRST' } });
    assert.equal((await codes.ask()).userCode, 'LMNP-QRST');
  });

  it('RFC 8628 3.5: authorization_pending goes on, slow_down goes on 5 s slower', async () => {
    const { as, codes } = await waiting();
    as.answers('/token', refused('authorization_pending'), refused('slow_down'), refused('slow_down'));
    assert.equal(await codes.poll(signal), 'waiting');
    assert.equal(codes.pending()?.intervalMs, 5_000);
    assert.equal(await codes.poll(signal), 'waiting');
    assert.equal(await codes.poll(signal), 'waiting');
    assert.equal(codes.pending()?.intervalMs, 15_000);
  });

  for (const [error, outcome] of [
    ['access_denied', 'denied'],
    ['expired_token', 'expired'],
    ['invalid_grant', 'expired'],
  ] as const) {
    it(`RFC 8628 3.5: ${error} ends the code`, async () => {
      const { as, codes } = await waiting();
      as.answers('/token', refused(error));
      assert.equal(await codes.poll(signal), outcome);
      assert.equal(codes.pending(), undefined);
    });
  }

  it('keeps the code where something else went wrong', async () => {
    const { as, codes } = await waiting();
    as.answers('/token', refused('invalid_client'));
    await assert.rejects(codes.poll(signal), { code: 'client_refused' });
    assert.ok(codes.pending());
  });

  const issued = {
    access_token: 'a',
    token_type: 'DPoP',
    expires_in: 900,
    refresh_token: 'r',
    scope: 'shares:read shares:grant',
  };

  it('stores what was approved, and nothing of the code any more', async () => {
    const { as, codes } = await waiting();
    as.answers('/token', { json: issued });
    assert.equal(await codes.poll(signal), 'approved');
    assert.deepEqual(as.state.secrets(), { owner: { refreshToken: 'r', scopes: ['shares:read', 'shares:grant'] } });
  });

  it('keeps no owner’s authority where only protecting was approved', async () => {
    const { as, codes } = await waiting();
    as.answers('/token', { json: { ...issued, refresh_token: undefined, scope: '' } });
    assert.equal(await codes.poll(signal), 'approved');
    assert.deepEqual(as.state.secrets(), {});
  });

  it('RFC 9449 5: takes no authority that is not bound to its key', async () => {
    const { as, codes } = await waiting();
    as.answers('/token', { json: { ...issued, token_type: 'Bearer' } });
    await assert.rejects(codes.poll(signal), { code: 'invalid_response' });
    assert.equal(as.state.secrets().owner, undefined);
  });
});

describe('the owner’s token', () => {
  async function connected(): Promise<{ as: FakeAs; token: ReturnType<typeof createOwnerToken> }> {
    const { as } = await bench();
    await as.state.update({ secrets: { owner: { refreshToken: 'r1', scopes: ['shares:read'] } } });
    return { as, token: createOwnerToken(as.link, () => 1_000_000) };
  }
  const refreshed = (more: object) => ({ json: { access_token: 'a', token_type: 'DPoP', expires_in: 900, ...more } });

  it('RFC 6749 6: is refreshed once for all who ask; a rotated refresh token is stored before it is used', async () => {
    const { as, token } = await connected();
    as.answers('/token', refreshed({ refresh_token: 'r2' }));
    assert.deepEqual(await Promise.all([token.get(), token.get()]), ['a', 'a']);
    assert.equal(new URLSearchParams(as.asked[0]?.body).get('refresh_token'), 'r1');
    assert.deepEqual(as.state.secrets().owner, { refreshToken: 'r2', scopes: ['shares:read'] });
    assert.equal(as.asked.length, 1);
  });

  it('is forgotten when it was withdrawn', async () => {
    const { as, token } = await connected();
    as.answers('/token', refused('invalid_grant'));
    await assert.rejects(token.get(), { code: 'OwnerNotConnected' });
    assert.equal(as.state.secrets().owner, undefined);
    await assert.rejects(token.get(), { code: 'OwnerNotConnected' });
    assert.equal(as.asked.length, 1);
  });

  it('is kept when the server refuses for another reason', async () => {
    const { as, token } = await connected();
    as.answers('/token', refused('invalid_client'), { status: 503 });
    await assert.rejects(token.get(), { code: 'client_refused' });
    await assert.rejects(token.get(), { code: 'unreachable' });
    assert.equal(as.state.secrets().owner?.refreshToken, 'r1');
  });
});
