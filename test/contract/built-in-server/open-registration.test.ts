/** Who may register, when, and what a stranger may say of itself (server.md, Devices). */
import assert from 'node:assert/strict';
import { type Home, openHome, signIn } from '../support/home.ts';
import { clientOf, gatewayMetadata, post, registerClient } from '../support/test-client.ts';
import { newKey, proof, type TestKey } from '../support/test-key.ts';

/** What a proxy adds, and so whoever did not come from this computer alone. */
const fromElsewhere = { 'x-forwarded-for': '192.0.2.7' };
/** More than Node keeps: what a proxy adds behind them would be dropped. */
const manyHeaders = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a-${at}`, 'x']));

describe('open registration', () => {
  let home: Home;
  const clock = { ms: 0 };

  beforeEach(async () => {
    clock.ms = 0;
    home = await openHome({ nowMs: () => Date.now() + clock.ms });
  });
  afterEach(() => home.close());

  const register = (body: object, headers: Record<string, string> = {}) => post(`${home.issuer}/reg`, body, headers);
  const from = async (headers: Record<string, string>, more: object = {}) =>
    register({ jwks: { keys: [(await newKey()).publicJwk] }, ...more }, headers);
  const addDevice = () => home.owner.call('POST', '/api/open-registration', {});
  const shown = async (query: string) => (await home.owner.call('GET', `/api/devices?limit=500&${query}`)).body.items;
  /** A proof by this key for `POST /reg`, with the nonce that was asked for. */
  async function proved(key: TestKey): Promise<Record<string, string>> {
    const wish = { method: 'POST', url: `${home.issuer}/reg` };
    const asked = await register({}, { dpop: await proof(key, { ...wish, nonce: 'none' }) });
    return { dpop: await proof(key, { ...wish, nonce: asked.headers.get('dpop-nonce') ?? undefined }) };
  }

  it('is always open on this computer, and elsewhere for ten minutes after the owner pressed Add a device', async () => {
    assert.equal((await from({})).status, 201);
    const closed = await from(fromElsewhere);
    assert.deepEqual([closed.status, closed.body.error], [401, 'invalid_token']);
    const before = Math.floor(Date.now() / 1000);
    const { body } = await addDevice();
    assert.ok(body.until >= before + 600 && body.until <= before + 660, String(body.until));
    assert.deepEqual((await home.owner.call('GET', '/api/home')).body.openRegistration, { until: body.until });
    assert.equal((await from(fromElsewhere)).status, 201);
    clock.ms = 599_000;
    assert.equal((await from(fromElsewhere)).status, 201);
    clock.ms = 601_000;
    assert.equal((await from(fromElsewhere)).status, 401);
    assert.equal((await home.owner.call('GET', '/api/home')).body.openRegistration, undefined);
  });

  it('RFC 6585 5: is not opened by header fields so many that what a proxy adds behind them would be dropped', async () => {
    for (const count of [60, 64, 70, 128, 200, 1_000]) {
      const { status } = await from({ ...manyHeaders(count), ...fromElsewhere });
      assert.ok(status === 431 || (status === 401 && count === 60), `${count}: ${status}`);
    }
    assert.equal((await from(manyHeaders(40))).status, 201, 'an honest number');
  });

  it('is closed when the clock was ahead as it was opened, and is set right', async () => {
    clock.ms = 3_600_000;
    const ahead = await signIn(home.issuer);
    await ahead.call('POST', '/api/open-registration', {});
    assert.equal((await from(fromElsewhere)).status, 201);
    clock.ms = 0;
    assert.equal((await from(fromElsewhere)).status, 401);
    assert.equal((await home.owner.call('GET', '/api/home')).body.openRegistration, undefined);
  });

  it('is closed by the owner and by panic, and does not open while everything is stopped', async () => {
    await addDevice();
    assert.equal((await home.owner.call('DELETE', '/api/open-registration')).status, 204);
    assert.equal((await from(fromElsewhere)).status, 401);
    await addDevice();
    await home.owner.call('POST', '/api/panic', {});
    assert.equal((await from(fromElsewhere)).status, 401);
    assert.equal((await addDevice()).body.error, 'panic_active');
    await home.owner.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    assert.equal((await from(fromElsewhere)).status, 401, 'the end of a panic opens nothing');
  });

  it('needs an owner’s own session, and is for devices: no gateway comes in from elsewhere without a token', async () => {
    assert.equal((await post(`${home.issuer}/api/open-registration`, {})).status, 401);
    assert.equal((await home.gateway.call('POST', '/api/open-registration', home.pat, {})).status, 403);
    await addDevice();
    assert.equal((await from(fromElsewhere, gatewayMetadata)).status, 401);
    assert.equal((await from({}, gatewayMetadata)).status, 201, 'on this computer it waits for its owner');
  });

  it('leaves whoever registered nobody’s, named as it calls itself, and says where a name is taken', async () => {
    await addDevice();
    await registerClient(home.issuer, { client_name: 'Lamp' });
    const { body } = await from(fromElsewhere, { client_name: 'lamp ' });
    const lamp = (await shown('claimed=no')).find(({ id }: { id: string }) => id === body.client_id);
    assert.deepEqual(
      [lamp.callsItself, lamp.nameTaken, lamp.owner, lamp.state],
      ['lamp', true, undefined, 'provisioned'],
    );
  });

  it('assurance is the server’s word: nothing a client says of itself reaches it', async () => {
    const boast = { assurance: 'gateway', gateway: home.gateway.clientId, owner: 'alice', state: 'active' };
    const { body } = await from({}, boast);
    const device = (await shown('claimed=no')).find(({ id }: { id: string }) => id === body.client_id);
    const { assurance, gateway, owner, state } = device;
    assert.deepEqual([assurance, gateway, owner, state], ['device', undefined, undefined, 'provisioned']);
    const metadata = { jwks: { keys: [(await newKey()).publicJwk] }, assurance: 'device' };
    const held = await home.gateway.call('POST', '/reg', home.pat, metadata);
    const kept = (await shown('claimed=yes')).find(({ id }: { id: string }) => id === held.body.client_id);
    assert.equal(kept.assurance, 'gateway');
  });

  describe('without jwks', () => {
    it('pins the first key: that of the proof', async () => {
      for (const alg of ['ES256', 'EdDSA'] as const) {
        const key = await newKey(alg);
        const { status, body } = await register({ client_name: 'lamp' }, await proved(key));
        assert.deepEqual([status, body.jwks], [201, { keys: [key.publicJwk] }], alg);
        const device = clientOf(home.issuer, body.client_id, key);
        await home.share(device);
        assert.equal((await device.rpt(await home.ticket())).status, 200);
        const again = await register({ client_name: 'lamp' }, await proved(key));
        assert.equal(again.body.client_id, body.client_id, 'the answer was lost');
      }
    });

    it('does so with a registration token too', async () => {
      const wish = { for: 'device', uses: 1, expiresIn: 60 };
      const { token } = (await home.owner.call('POST', '/api/registration-tokens', wish)).body;
      const key = await newKey();
      const reply = await register({}, { ...(await proved(key)), authorization: `Bearer ${token}` });
      assert.equal(reply.status, 201);
      assert.equal((await shown('claimed=yes')).at(-1).fingerprint, key.thumbprint);
    });

    it('refuses a proof that is not good, no key at all, and a gateway that would give the device its own', async () => {
      const key = await newKey();
      const dpop = await proof(key, { method: 'POST', url: `${home.issuer}/token` });
      assert.deepEqual((await register({}, { dpop })).status, 401, 'for another address');
      const nothing = await register({});
      assert.deepEqual([nothing.status, nothing.body.error], [400, 'invalid_client_metadata']);
      assert.match(nothing.body.error_description, /needs a key/);
      assert.equal((await register({}, { dpop: 'a.b.c' })).status, 400);
      assert.equal((await register({}, { dpop: 'a.b.c, d.e.f' })).status, 400);
      const own = await home.gateway.call('POST', '/reg', home.pat, { client_name: 'lamp' });
      assert.deepEqual([own.status, own.body.error], [400, 'invalid_client_metadata']);
      const uri = await register({ jwks_uri: 'https://keys.example/jwks' }, await proved(key));
      assert.equal(uri.body.error, 'invalid_client_metadata', 'an address of keys is not no key');
    });
  });
});
