/** "This thermostat is mine": RFC 8628 for devices. */
import assert from 'node:assert/strict';
import { type Home, type OwnerSession, openHome, signIn } from '../support/home.ts';
import { deviceGrant, post, type Reply, request, type TestClient } from '../support/test-client.ts';

const BOB = { name: 'bob', password: 'a few easy words' };

describe('claiming a device by its code', () => {
  let home: Home;
  let alice: OwnerSession;
  let bob: OwnerSession;
  const start = async (device: TestClient) => {
    const reply = await device.authenticated('/device/auth', { scope: 'device:claim' });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply;
  };
  const poll = (device: TestClient, { body }: Reply) =>
    device.token({ grant_type: deviceGrant, device_code: body.device_code });
  const answer = (owner: OwnerSession, { body }: Reply, how = 'approve', wish: object = {}) =>
    owner.call('POST', `/api/codes/${body.user_code}/${how}`, wish);
  const claimed = async (owner: OwnerSession, wish = {}) => {
    const device = await home.stranger();
    assert.equal((await answer(owner, await start(device), 'approve', wish)).status, 200);
    return device;
  };
  const listed = async (owner: OwnerSession, { clientId }: TestClient) =>
    (await owner.call('GET', '/api/devices')).body.items.find(({ id }: { id: string }) => id === clientId);
  const lines = async (owner: OwnerSession) => (await owner.call('GET', '/api/history')).body.items;

  beforeEach(async () => {
    home = await openHome();
    alice = home.owner;
    assert.equal((await alice.call('POST', '/api/people', { ...BOB, kind: 'owner' })).status, 201);
    bob = await signIn(home.issuer, BOB);
  });
  afterEach(() => home.close());

  it('RFC 8628 3.2, 6.1: gives a short-lived code of eight consonants, a link, and the link with the code', async () => {
    const { body } = await start(await home.stranger());
    assert.match(body.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assert.equal(body.verification_uri, `${home.issuer}/device`);
    assert.equal(body.verification_uri_complete, `${home.issuer}/device?user_code=${body.user_code}`);
    assert.ok(body.expires_in <= 600, String(body.expires_in));
  });

  it('RFC 8628 3.1: a device asks who its owner is and nothing else; a gateway is no device', async () => {
    const device = await home.stranger();
    for (const scope of ['shares:grant', 'uma_protection', 'device:claim shares:read', ''])
      assert.deepEqual((await device.authenticated('/device/auth', { scope })).body.error, 'invalid_scope', scope);
    const gateway = await home.gateway.authenticated('/device/auth', { scope: 'device:claim' });
    assert.equal(gateway.body.error, 'invalid_scope');
  });

  it('shows its owner code, fingerprint, what it calls itself, when and where from, before the yes', async () => {
    const device = await home.stranger('thermostat');
    const started = await start(device);
    const { body } = await alice.call('GET', `/api/codes/${started.body.user_code}`);
    assert.deepEqual(body, {
      kind: 'device',
      clientId: device.clientId,
      name: 'thermostat',
      fingerprint: device.key.thumbprint,
      scopes: ['device:claim'],
      askedAt: body.askedAt,
      from: '127.0.0.1',
    });
    assert.ok(Math.abs(body.askedAt - Date.now() / 1000) < 60);
  });

  it('flags a device that calls itself by a taken name', async () => {
    await claimed(alice, { name: 'Boiler' });
    const started = await start(await home.stranger('boiler'));
    const { body } = await bob.call('GET', `/api/codes/${started.body.user_code}`);
    assert.equal(body.nameTaken, true);
  });

  it('RFC 8628 3.5: makes it the owner’s under the name they give; the token says who that is and opens nothing', async () => {
    const device = await home.stranger();
    const started = await start(device);
    assert.equal((await poll(device, started)).body.error, 'authorization_pending');
    const approved = await answer(alice, started, 'approve', { name: 'Hall thermostat' });
    assert.deepEqual([approved.body.name, approved.body.state], ['Hall thermostat', 'active']);
    const { status, body } = await poll(device, started);
    assert.deepEqual([status, body.token_type, body.scope], [200, 'DPoP', 'device:claim']);
    assert.equal(body.refresh_token, undefined);
    const looked = await device.authenticated('/token/introspection', { token: body.access_token });
    assert.deepEqual([looked.body.active, looked.body.sub], [true, 'alice']);
    for (const path of ['/api/home', '/api/shares', '/api/devices', '/resources', `/devices/${device.clientId}`])
      assert.equal((await device.call('GET', path, body.access_token)).status, 403, path);
    const suspend = `/api/devices/${device.clientId}/suspend`;
    assert.equal((await device.call('POST', suspend, body.access_token, {})).status, 403);
  });

  it('gives no share: what it then asks for waits for the owner, and before it leads to the claim page (UMA Grant 3.3.6)', async () => {
    const device = await home.stranger();
    const before = await device.rpt(await home.ticket());
    assert.deepEqual([before.body.error, before.body.redirect_user], ['need_info', `${home.issuer}/device`]);
    assert.equal((await request(before.body.redirect_user)).status, 200);
    await answer(alice, await start(device));
    assert.equal((await device.rpt(await home.ticket())).body.error, 'request_submitted');
    assert.deepEqual((await alice.call('GET', '/api/shares')).body.items, []);
  });

  it('a code works once: claim twice, from two phones, approve after deny, deny after approve', async () => {
    const device = await home.stranger();
    const started = await start(device);
    const phones = await Promise.all([answer(alice, started), answer(bob, started)]);
    assert.deepEqual(phones.map(({ status }) => status).sort(), [200, 404]);
    assert.equal((await answer(alice, started, 'deny')).status, 404);
    const other = await home.stranger();
    const refused = await start(other);
    assert.equal((await answer(bob, refused, 'deny')).status, 204);
    assert.equal((await answer(alice, refused)).body.error, 'code_unknown');
    assert.equal((await poll(other, refused)).body.error, 'access_denied');
    assert.equal(await listed(alice, other), undefined);
  });

  it('claiming what is one’s own already changes nothing, and ends no share', async () => {
    const device = await claimed(alice);
    await home.share(device);
    const again = await start(device);
    assert.equal((await alice.call('GET', `/api/codes/${again.body.user_code}`)).body.hasOwner, true);
    assert.equal((await answer(alice, again)).status, 200);
    assert.equal((await poll(device, again)).status, 200);
    assert.equal((await device.rpt(await home.ticket())).status, 200);
  });

  it('transfer to another owner ends all old shares, requests and tokens, and tells the gateways', async () => {
    const device = await claimed(alice, { name: 'Alice’s own name' });
    const share = await home.share(device);
    const rpt = (await device.rpt(await home.ticket())).body.access_token;
    await device.rpt(await home.ticket(['stop']));
    assert.equal((await alice.call('GET', '/api/requests')).body.items.length, 1);
    const moved = await answer(bob, await start(device));
    assert.deepEqual([moved.status, moved.body.owner, moved.body.name], [200, 'bob', 'thermostat']);
    assert.deepEqual(moved.body.unconfirmed, [home.gateway.clientId], 'its gateway is to refuse it from now on');
    assert.equal(await listed(alice, device), undefined);
    assert.deepEqual((await alice.call('GET', '/api/requests')).body.items, []);
    assert.deepEqual((await alice.call('GET', '/api/shares')).body.items, []);
    const looked = await home.gateway.call(
      'POST',
      '/token/introspection',
      home.pat,
      new URLSearchParams({ token: rpt }),
    );
    assert.equal(looked.body.active, false);
    const ended = (await lines(alice)).find((line: { share?: string; what: string }) => line.what === 'share_ended');
    assert.deepEqual([ended.share, ended.why, ended.by.kind], [share, 'device_transferred', 'device']);
    assert.doesNotMatch(JSON.stringify(await lines(alice)), /"owner":"bob"/);
    assert.doesNotMatch(JSON.stringify(await lines(bob)), /Alice/);
  });

  it('nobody gets out of a suspension, a retirement or a panic by changing hands', async () => {
    const device = await claimed(alice);
    const wants = async () => answer(bob, await start(device));
    await alice.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    const suspended = await wants();
    assert.deepEqual([suspended.status, suspended.body.error], [409, 'device_suspended']);
    await alice.call('POST', `/api/devices/${device.clientId}/resume`, {});
    await alice.call('POST', '/api/panic', {});
    assert.equal((await wants()).body.error, 'panic_active');
    await alice.call('DELETE', '/api/panic', { password: 'correct horse battery' });
    await alice.call('POST', `/api/devices/${device.clientId}/retire`, {});
    assert.equal((await wants()).body.error, 'device_retired');
    assert.equal((await answer(alice, await start(device))).body.error, 'device_retired');
    const again = await post(`${home.issuer}/reg`, { jwks: { keys: [device.key.publicJwk] } });
    assert.equal(again.status, 400, 'it needs a new key');
  });

  it('RFC 8628 5.1: guesses of an owner are limited', async () => {
    const limited = await openHome({ rateLimits: true });
    try {
      const guess = () => limited.owner.call('GET', '/api/codes/BBBB-BBBB');
      const statuses = [];
      for (let n = 0; n < 25; n++) statuses.push((await guess()).status);
      assert.equal(statuses[0], 404);
      assert.equal(statuses.at(-1), 429);
    } finally {
      await limited.close();
    }
  });

  it('refuses what makes no sense for a device: resources, fewer scopes, an empty name', async () => {
    const started = await start(await home.stranger());
    for (const wish of [{ resources: [home.resource] }, { scopes: [] }, { scopes: ['shares:grant'] }, { name: '  ' }])
      assert.equal((await answer(alice, started, 'approve', wish)).status, 400, JSON.stringify(wish));
    assert.equal((await answer(alice, started)).status, 200);
  });
});
