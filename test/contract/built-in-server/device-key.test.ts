/** A device's key gives way to another (server.md, Devices): by both keys, once, and never to a key that was another's. */
import assert from 'node:assert/strict';
import { UnsecuredJWT } from 'jose';
import { type Home, openHome } from '../support/home.ts';
import { type RotationSpoilt, rotate, statement } from '../support/rotation.ts';
import { clientOf, post, registerClient, type TestClient } from '../support/test-client.ts';
import { newKey, proof, type TestKey } from '../support/test-key.ts';

describe('POST /devices/{id}/key', () => {
  let home: Home;
  const clock = { ms: 0 };

  before(async () => {
    home = await openHome({ nowMs: () => Date.now() + clock.ms });
  });
  after(() => home.close());

  /** A device with a share. */
  async function shared(alg: TestKey['alg'] = 'ES256'): Promise<TestClient> {
    const device = await registerClient(home.issuer, { client_name: 'lamp' }, await newKey(alg));
    await home.share(device);
    return device;
  }
  const withKey = (device: TestClient, key: TestKey) => clientOf(home.issuer, device.clientId, key);
  const rpt = async (device: TestClient) => (await device.rpt(await home.ticket())).body.access_token as string;
  const isActive = async (token: string) =>
    (await home.gateway.authenticated('/token/introspection', { token })).body.active as boolean;
  const shown = async ({ clientId }: { clientId: string }) =>
    (await home.owner.call('GET', '/api/devices?limit=500')).body.items.find(
      ({ id }: { id: string }) => id === clientId,
    );
  const registers = (key: TestKey) => post(`${home.issuer}/reg`, { jwks: { keys: [key.publicJwk] } });

  for (const [from, to] of [
    ['ES256', 'Ed25519'],
    ['EdDSA', 'ES256'],
  ] as const) {
    it(`lets ${to} take the place of ${from}: the token endpoint takes only the new key, and shares stay`, async () => {
      const device = await shared(from);
      const next = await newKey(to);
      const reply = await rotate(device, next);
      assert.deepEqual([reply.status, reply.body], [200, { client_id: device.clientId, jkt: next.thumbprint }]);
      assert.equal((await device.rpt(await home.ticket())).status, 401, 'the old key');
      const mixed = await withKey(device, next).token({ grant_type: 'x' }, { by: device.key });
      assert.equal(mixed.status, 400, 'a proof by the old key');
      const now = withKey(device, next);
      assert.equal((await now.rpt(await home.ticket())).status, 200);
    });
  }

  it('ends what is bound to the old key in the same step, and tells the gateway', async () => {
    const device = await shared();
    const token = await rpt(device);
    assert.equal(await isActive(token), true);
    await rotate(device, await newKey());
    assert.equal(await isActive(token), false);
  });

  it('gives no token to a grant that was under way with the old key', async () => {
    for (let round = 0; round < 5; round += 1) {
      const device = await shared();
      const tickets = await Promise.all(Array.from({ length: 8 }, () => home.ticket()));
      const next = await newKey();
      const [, ...grants] = await Promise.all([rotate(device, next), ...tickets.map((ticket) => device.rpt(ticket))]);
      for (const { status, body } of grants) if (status === 200) assert.equal(await isActive(body.access_token), false);
    }
  });

  it('shows the owner the new fingerprint, since when, and a line of history; retiring ends what a thief took over', async () => {
    const device = await shared();
    const stolen = device.key;
    const before = await shown(device);
    const thief = await newKey();
    assert.equal((await rotate(device, thief, { by: stolen })).status, 200, 'whoever holds the key is the device');
    const after = await shown(device);
    assert.deepEqual([before.fingerprint, before.keyChangedAt], [stolen.thumbprint, undefined]);
    assert.deepEqual([after.fingerprint, after.assurance], [thief.thumbprint, 'device']);
    assert.ok(Number.isSafeInteger(after.keyChangedAt));
    const [line] = (await home.owner.call('GET', '/api/history')).body.items;
    assert.deepEqual([line.what, line.device], ['device_key_changed', device.clientId]);
    assert.deepEqual(line.values, { from: stolen.thumbprint, to: thief.thumbprint });
    const taken = withKey(device, thief);
    const token = await rpt(taken);
    await home.owner.call('POST', `/api/devices/${device.clientId}/retire`, {});
    assert.equal(await isActive(token), false);
    assert.equal((await taken.rpt(await home.ticket())).body.error, 'request_denied');
    for (const key of [stolen, thief]) assert.equal((await registers(key)).status, 400, 'neither comes back');
  });

  it('never gives a key that is or was another’s, an own old one or the present one, nor registers an old one', async () => {
    const [device, other] = [await shared(), await shared()];
    const next = await newKey();
    await rotate(other, next);
    for (const key of [other.key, next, device.key, home.gateway.key]) {
      const reply = await rotate(device, key);
      assert.deepEqual([reply.status, reply.body.error], [409, 'key_taken']);
    }
    assert.equal((await registers(other.key)).status, 400);
    clock.ms += 61_000;
    const back = await rotate({ ...other, key: next }, other.key);
    assert.equal(back.body.error, 'key_taken', 'its own old key');
  });

  it('takes one of twenty at once', async () => {
    const device = await shared();
    const keys = await Promise.all(Array.from({ length: 20 }, () => newKey()));
    const replies = await Promise.all(keys.map((key) => rotate(device, key)));
    const won = replies.filter(({ status }) => status === 200);
    assert.equal(won.length, 1);
    assert.equal((await shown(device)).fingerprint, won[0]?.body.jkt);
    for (const { status } of replies) assert.ok(status === 200 || status === 401, String(status));
  });

  it('a proof and a statement are good once; the same asked anew is answered as before and changes nothing', async () => {
    const device = await shared();
    const next = await newKey();
    const nonce = (await rotate(device, next, { nonce: 'none', keepNonce: true })).headers.get('dpop-nonce') ?? '';
    const continuity = await statement(device, next);
    const url = `${home.issuer}/devices/${device.clientId}/key`;
    const dpop = await proof(device.key, { method: 'POST', url, token: continuity, nonce });
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(url, { continuity }, { dpop })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.equal((await rotate(device, next, { continuity })).status, 401, 'the statement again with a new proof');
    const since = (await shown(device)).keyChangedAt;
    clock.ms += 5_000;
    assert.equal((await rotate(device, next)).status, 200, 'the answer was lost');
    assert.equal((await shown(device)).keyChangedAt, since);
    assert.equal((await rotate(device, await newKey())).status, 401, 'the old key takes it nowhere else');
  });

  it('a device without a clock brings a nonce; an old statement with an own time is not enough', async () => {
    const device = await shared();
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    const late = await rotate(device, await newKey(), { claims: { iat: hourAgo }, keepNonce: true });
    assert.deepEqual([late.status, late.body.error], [401, 'use_dpop_nonce']);
    const nonce = late.headers.get('dpop-nonce') ?? '';
    const spoilt = { claims: { iat: hourAgo }, age: 3600, nonce };
    assert.equal((await rotate(device, await newKey(), spoilt)).status, 200);
  });

  it('at most once a minute', async () => {
    const device = await shared();
    const [first, second] = [await newKey(), await newKey()];
    await rotate(device, first);
    const soon = await rotate({ ...device, key: first }, second);
    assert.deepEqual([soon.status, soon.body.error], [429, 'too_many_requests']);
    assert.ok(Number(soon.headers.get('retry-after')) > 0);
    clock.ms += 61_000;
    assert.equal((await rotate({ ...device, key: first }, second)).status, 200);
  });

  it('also after a change by a clock that was ahead and is set right', async () => {
    const device = await shared();
    const [first, second] = [await newKey(), await newKey()];
    clock.ms += 3_600_000;
    assert.equal((await rotate(device, first)).status, 200);
    clock.ms -= 3_600_000;
    assert.equal((await rotate({ ...device, key: first }, second)).status, 200);
  });

  it('refuses whatever is not proved by the device’s present key for this very statement', async () => {
    const device = await shared();
    const other = await shared();
    const next = await newKey();
    const elsewhere = await statement(device, await newKey());
    const bad: Record<string, [RotationSpoilt, number]> = {
      'another device’s key': [{ by: other.key }, 401],
      'the new key alone': [{ by: next }, 401],
      'a proof without a hash': [{ ath: undefined }, 401],
      'a proof for another statement, as somebody on the way would need': [{ ath: elsewhere }, 401],
      'no proof': [{ proof: '' }, 401],
      'two proofs': [{ proof: 'a, b' }, 400],
      'another server': [{ claims: { aud: 'http://127.0.0.1:1' } }, 400],
      'several servers': [{ claims: { aud: [home.issuer] } }, 400],
      'another device': [{ claims: { sub: other.clientId } }, 400],
      'another old key': [{ claims: { previous_jkt: other.key.thumbprint } }, 400],
      'no old key': [{ claims: { previous_jkt: undefined } }, 400],
      'no jti': [{ claims: { jti: undefined } }, 400],
      'no time': [{ claims: { iat: 'now' } }, 400],
      'another type': [{ header: { typ: 'dpop+jwt' } }, 400],
      'a critical extension': [{ header: { crit: ['b64'], b64: true } }, 400],
      'another key than signed': [{ header: { jwk: other.key.publicJwk } }, 400],
      'a private key': [{ header: { jwk: { ...next.publicJwk, d: 'x' } } }, 400],
      'no key': [{ header: { jwk: undefined } }, 400],
      garbage: [{ continuity: 'a.b.c' }, 400],
      'a statement of 20 kB': [{ continuity: `${'a'.repeat(20_000)}.b.c` }, 400],
    };
    for (const [what, [spoilt, status]] of Object.entries(bad)) {
      const reply = await rotate(device, next, spoilt);
      assert.equal(reply.status, status, `${what}: ${JSON.stringify(reply.body)}`);
    }
    assert.equal((await shown(device)).fingerprint, device.key.thumbprint);
    assert.equal((await rotate(device, next)).status, 200, 'and none of it was in the way');
  });

  it('RFC 8725 3.1: knows no algorithm none and no shared secret', async () => {
    const device = await shared();
    const next = await newKey();
    const claims = { aud: home.issuer, sub: device.clientId, previous_jkt: device.key.thumbprint, jti: 'x' };
    const unsigned = new UnsecuredJWT(claims).setIssuedAt().encode();
    const [head, body, signature] = (await statement(device, next)).split('.');
    const { typ, jwk } = JSON.parse(Buffer.from(head ?? '', 'base64url').toString());
    const relabelled = (alg: string) => Buffer.from(JSON.stringify({ typ, jwk, alg })).toString('base64url');
    for (const continuity of [
      unsigned,
      `${relabelled('none')}.${body}.`,
      `${relabelled('HS256')}.${body}.${signature}`,
    ])
      assert.equal((await rotate(device, next, { continuity })).status, 400);
  });

  it('only an active device: not one that nobody claimed, is suspended or retired, nor while everything is stopped', async () => {
    const unclaimed = await home.stranger();
    const refused = async (device: TestClient) => (await rotate(device, await newKey())).body.error;
    assert.equal(await refused(unclaimed), 'device_not_active');
    const [next, nobodys] = [await newKey(), await home.stranger()];
    const continuity = await statement(nobodys, next);
    assert.equal((await rotate(nobodys, next, { continuity })).body.error, 'device_not_active');
    await home.share(nobodys);
    assert.equal((await rotate(nobodys, next, { continuity })).status, 200, 'what was refused is not used up');
    const device = await shared();
    const to = (what: string) => home.owner.call('POST', `/api/devices/${device.clientId}/${what}`, {});
    await to('suspend');
    assert.equal(await refused(device), 'device_not_active');
    await to('resume');
    await to('retire');
    assert.equal(await refused(device), 'device_retired');
    assert.equal((await rotate({ ...device, clientId: 'dev_nobody' }, await newKey())).status, 401);
    assert.equal((await rotate(home.gateway, await newKey())).status, 401, 'a gateway is no device');
    const another = await shared();
    await home.owner.call('POST', '/api/panic', {});
    assert.equal(await refused(another), 'panic_active');
  });
});
