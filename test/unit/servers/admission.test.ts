import assert from 'node:assert/strict';
import { createAdmission } from '../../../lib/servers/admission.ts';
import { ServerError } from '../../../lib/servers/errors.ts';
import type { Protection } from '../../../lib/servers/protection-token.ts';
import { type FakeAs, fakeAs, proofClaims } from './fake-as.ts';

const signal = new AbortController().signal;

function admission(
  { link }: FakeAs,
  { refusal, registrationToken }: { refusal?: Error; registrationToken?: string } = {},
) {
  const log: string[] = [];
  const protection: Protection = {
    call: () => assert.fail('nothing is protected'),
    token: async () => {
      if (refusal) throw refusal;
      return 'pat';
    },
    drop: () => {},
    close: () => {},
  };
  const token = registrationToken === undefined ? {} : { registrationToken };
  const keys = { fetch: async () => [] };
  return { log, ...createAdmission({ link, keys, protection, name: 'Hall', ...token, log: (line) => log.push(line) }) };
}

describe('admission to the built-in server', () => {
  it('RFC 7591 3: registers once, with its key, a proof by that key, and no scope', async () => {
    const as = await fakeAs();
    as.answers('/reg', { status: 201, json: { client_id: 'gw_1' } });
    const { register } = admission(as);
    await register(signal);
    await register(signal);
    const [sent] = as.asked;
    assert.ok(sent);
    const metadata = JSON.parse(sent.body);
    assert.deepEqual(metadata.jwks.keys, [as.key.publicJwk]);
    assert.equal(metadata.client_name, 'Hall');
    assert.equal(metadata.scope, undefined);
    assert.equal(sent.headers.has('authorization'), false);
    const { htm, htu } = proofClaims(sent);
    assert.deepEqual([htm, htu], ['POST', `${as.issuer}/reg`]);
    assert.deepEqual(as.state.connection(), { clientId: 'gw_1', keyThumbprint: as.key.thumbprint });
  });

  it('RFC 9449 8: proves again with the nonce that is asked for, and gives up when asked twice', async () => {
    const as = await fakeAs();
    const challenge = { status: 401, json: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n1' } };
    as.answers('/reg', challenge, { status: 201, json: { client_id: 'gw_1' } });
    await admission(as).register(signal);
    assert.deepEqual(
      as.asked.map((one) => proofClaims(one).nonce),
      [undefined, 'n1'],
    );
    const stubborn = await fakeAs();
    stubborn.answers('/reg', challenge, challenge);
    await assert.rejects(admission(stubborn).register(signal), { code: 'registration_refused' });
  });

  it('uses a registration token, and lets the key speak where that is used up', async () => {
    const as = await fakeAs();
    as.answers('/reg', { status: 401, json: { error: 'invalid_token' } }, { status: 201, json: { client_id: 'gw_1' } });
    const { register, promised } = admission(as, { registrationToken: 'rt' });
    await register(signal);
    assert.deepEqual(
      as.asked.map(({ headers }) => headers.get('authorization')),
      ['Bearer rt', null],
    );
    assert.equal(promised(), true);
  });

  it('says in the server’s words why it is not registered', async () => {
    const as = await fakeAs();
    as.answers('/reg', {
      status: 400,
      json: { error: 'invalid_client_metadata', error_description: 'this key is taken' },
    });
    await assert.rejects(admission(as).register(signal), {
      code: 'registration_refused',
      hint: { key: 'hint.gateway_refused', values: { server: as.issuer, why: 'this key is taken' } },
    });
  });

  it('registers anew where the server has forgotten it, says so, and keeps nothing of the owner before', async () => {
    const as = await fakeAs();
    const keyThumbprint = as.key.thumbprint;
    await as.state.update({
      connection: { clientId: 'gw_1', keyThumbprint, owner: 'alice', lastEvent: 7, serverKeys: ['k'] },
      secrets: { owner: { refreshToken: 'r', scopes: ['shares:read'] } },
    });
    as.answers('/reg', { status: 201, json: { client_id: 'gw_2' } });
    const { protect, log } = admission(as, { refusal: new ServerError('not_registered', 'gone') });
    assert.equal(await protect(signal), 'not-approved');
    assert.deepEqual(as.state.connection(), { clientId: 'gw_2', keyThumbprint, serverKeys: ['k'] });
    assert.deepEqual(as.state.secrets(), {});
    assert.match(String(log), /has forgotten this gateway/);
  });

  it('keeps everything where the server still knows its key: it was refused for another reason', async () => {
    const as = await fakeAs();
    const connection = { clientId: 'gw_1', keyThumbprint: as.key.thumbprint, owner: 'alice' };
    const secrets = { owner: { refreshToken: 'r', scopes: ['shares:read'] } };
    await as.state.update({ connection, secrets });
    as.answers('/reg', { status: 201, json: { client_id: 'gw_1' } });
    const refusal = new ServerError('not_registered', 'the clock is wrong');
    await assert.rejects(admission(as, { refusal }).protect(signal), refusal);
    assert.deepEqual([as.state.connection(), as.state.secrets()], [connection, secrets]);
  });

  it('registers another key as another gateway', async () => {
    const as = await fakeAs();
    await as.state.update({ connection: { clientId: 'gw_1', keyThumbprint: 'of the key before' } });
    as.answers('/reg', { status: 201, json: { client_id: 'gw_2' } });
    await admission(as).register(signal);
    assert.equal(as.link.clientId(), 'gw_2');
  });

  it('tells "not approved yet" from whatever else is wrong', async () => {
    const as = await fakeAs();
    assert.equal(await admission(as).protect(signal), 'allowed');
    assert.equal(await admission(as, { refusal: new ServerError('not_joined', 'x') }).protect(signal), 'not-approved');
    const other = new ServerError('refused', 'x');
    await assert.rejects(admission(as, { refusal: other }).protect(signal), other);
    const fault = new Error('x');
    await assert.rejects(admission(as, { refusal: fault }).protect(signal), fault);
  });

  for (const [home, owner] of [
    [{ owner: true }, true],
    [{ owner: false }, false],
    [{ owner: 'yes' }, undefined],
    [undefined, undefined],
  ] as const) {
    it(`uma_home ${JSON.stringify(home)}: an owner? ${owner}`, async () => {
      assert.equal(await admission(await fakeAs({ uma_home: home })).hasOwner(signal), owner);
    });
  }
});
