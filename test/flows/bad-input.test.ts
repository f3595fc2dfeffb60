/** Everything wrong that a stranger, a thief, a server or a careless flow can send at a protected address. */
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { setTimeout as passed } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { connectGateway, openHome, signIn } from '../contract/support/home.ts';
import { registerClient } from '../contract/support/test-client.ts';
import { newKey, seconds } from '../contract/support/test-key.ts';
import { type FakeResourceServer, fakeResourceServer } from './support/fake-resource-server.ts';
import { type FlowHome, openFlowHome } from './support/flow-home.ts';
import {
  type Answer,
  dishwasherPath,
  type OutsideDevice,
  outsideDevice,
  send,
  ticketOf,
} from './support/outside-device.ts';
import { assertDpop, assertPlain, challengeOf } from './support/refusals.ts';
import { decoded, encoded } from './support/token-parts.ts';

const ovenPath = '/oven/start';
const carelessPath = '/careless/start';
const leewaySeconds = 1;

const statuses = (answers: { status: number }[]): number[] => answers.map(({ status }) => status).sort();
const oneOf20 = (refused: number): number[] => [200, ...Array.from({ length: 19 }, () => refused)];
const twenty = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 20 }, work));

describe('bad input at a protected flow', () => {
  let stranger: FakeResourceServer;
  let fakeResource: FakeResourceServer;
  let home: FlowHome;
  let thermostat: OutsideDevice;
  let rpt: string;

  before(async () => {
    stranger = await fakeResourceServer();
    fakeResource = await fakeResourceServer(
      `UMA realm="Stove", as_uri="${stranger.url}", ticket="stolen-from-elsewhere"`,
    );
    home = await openFlowHome({ leeway: leewaySeconds, askOrigin: fakeResource.url });
    thermostat = await outsideDevice(home, 'Thermostat outside');
    await thermostat.share();
    rpt = await thermostat.rpt();
    assert.equal((await thermostat.call(rpt)).status, 200);
  });
  after(async () => {
    await home?.remove();
    await Promise.all([stranger?.close(), fakeResource?.close()]);
  });

  const at = (path: string, ...headers: string[]): Promise<Answer> => send(home.url + path, { headers });

  /** Refused or not, the device itself has lost nothing by it. */
  const assertUnharmed = async (): Promise<void> => assert.equal((await thermostat.call(rpt)).status, 200);

  /** UMA Grant 3.2.1: a ticket that the right server gives for the right resource. */
  function assertUma(answer: Answer, reason: string): void {
    assert.deepEqual([answer.status, answer.body.error], [401, reason]);
    const { scheme, realm, as_uri, ticket, ...others } = challengeOf(answer);
    assert.deepEqual([scheme, as_uri, others], ['UMA', home.issuer, {}]);
    assert.ok(realm, 'a realm');
    assert.ok(ticket, 'a ticket');
    assert.equal(answer.headers['cache-control'], 'no-store');
  }

  describe('tokens', () => {
    it('G 3.2.1: no token, a foreign scheme and an empty one are no_token, with realm, as_uri and ticket', async () => {
      assertUma(await at(dishwasherPath), 'no_token');
      assertUma(await at(dishwasherPath, 'Authorization', 'Basic YWxpY2U6cGFzcw=='), 'no_token');
      assertUma(await at(dishwasherPath, 'Authorization', 'DPoP '), 'no_token');
    });

    const forgeries: Record<string, () => Promise<string>> = {
      garbage: async () => 'garbage',
      'three parts of garbage': async () => 'e30.e30.e30',
      'a header that is too long': async () => 'a'.repeat(9_000),
      'no signature': async () => rpt.replace(/[^.]+$/, ''),
      'RFC 8725 3.1: alg none': async () => {
        const { header, claims } = decoded(rpt);
        return `${encoded({ ...header, alg: 'none' })}.${encoded(claims)}.`;
      },
      'a changed claim': async () => {
        const { header, claims, signature } = decoded(rpt);
        return `${encoded(header)}.${encoded({ ...claims, exp: claims.exp + 3_600 })}.${signature}`;
      },
      "the server's key id, another key": () => resigned(true),
      'a key id of its own': () => resigned(false),
    };

    async function resigned(keepsKid: boolean): Promise<string> {
      const { header, claims } = decoded(rpt);
      const { privateKey } = await newKey(header.alg);
      const kid = keepsKid ? header.kid : 'my-own';
      return new SignJWT(claims).setProtectedHeader({ ...header, kid }).sign(privateKey);
    }

    for (const [name, forge] of Object.entries(forgeries)) {
      it(`refuses ${name} as invalid_token`, async () => {
        const token = await forge();
        assertDpop(await thermostat.call(token), 'invalid_token');
        assertDpop(await at(dishwasherPath, 'Authorization', `DPoP ${token}`), 'invalid_token');
        await assertUnharmed();
      });
    }

    it('RFC 8725 2.1: refuses HS256 keyed with the public key, in whichever form', async () => {
      const discovery = await send(`${home.issuer}/.well-known/uma2-configuration`, { method: 'GET' });
      const { body } = await send(discovery.body.jwks_uri, { method: 'GET' });
      const { header, claims } = decoded(rpt);
      const jwk = (body.keys as (JsonWebKey & { kid?: string })[]).find(({ kid }) => kid === header.kid);
      assert.ok(jwk);
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      const pem = key.export({ type: 'spki', format: 'pem' });
      for (const secret of [pem, key.export({ type: 'spki', format: 'der' }), JSON.stringify(jwk), jwk.x ?? '']) {
        const content = `${encoded({ ...header, alg: 'HS256' })}.${encoded(claims)}`;
        const token = `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
        assertDpop(await thermostat.call(token), 'invalid_token');
      }
    });

    it('refuses the token that another server signed for the same key', async () => {
      const elsewhere = await openHome();
      try {
        const there = await registerClient(elsewhere.issuer, {}, thermostat.key);
        await elsewhere.share(there);
        const reply = await there.rpt(await elsewhere.ticket());
        assert.equal(reply.status, 200);
        assertDpop(await thermostat.call(reply.body.access_token), 'invalid_token');
      } finally {
        await elsewhere.close();
      }
    });

    it("RFC 9068 4: refuses the server's own good token for another gateway as wrong_audience", async () => {
      const owner = await signIn(home.issuer);
      const neighbour = await connectGateway(home.issuer, owner, 'Next door');
      const pat = await neighbour.pat();
      const named = { name: 'Dishwasher next door', resource_scopes: ['start'] };
      const { _id: id } = (await neighbour.call('POST', '/resources', pat, named)).body;
      await thermostat.share(id);
      const wanted = { resource_id: id, resource_scopes: ['start'] };
      const { ticket } = (await neighbour.call('POST', '/permission', pat, wanted)).body;
      const reply = await thermostat.client.rpt(ticket);
      assert.equal(reply.status, 200);
      assertDpop(await thermostat.call(reply.body.access_token), 'wrong_audience');
      assertDpop(await thermostat.call(pat), 'invalid_token');
    });

    it('G 3.5: the token of one resource is insufficient_scope at another, with a ticket for that one', async () => {
      assertUma(await thermostat.call(rpt, { path: ovenPath }), 'insufficient_scope');
      await assertUnharmed();
    });

    it('a token ends with its share: expired, with a new ticket', async () => {
      const guest = await outsideDevice(home, 'Guest');
      await guest.share(undefined, { until: seconds() + 5 });
      const short = await guest.rpt();
      assert.equal((await guest.call(short)).status, 200);
      const { exp } = decoded(short).claims;
      await passed((exp + leewaySeconds) * 1_000 - Date.now() + 20);
      assertUma(await guest.call(short), 'expired');
      assert.equal((await guest.client.rpt(await ticketOf(home))).body.error, 'request_submitted');
    });
  });

  describe('proofs', () => {
    /** Sent as they are, with no second try. */
    async function hand(wish: Parameters<OutsideDevice['headers']>[1], ...more: string[]): Promise<Answer> {
      return at(dishwasherPath, ...more, ...(await thermostat.headers(rpt, wish)));
    }
    /** The proof itself is good: two of them, or two tokens, are not. */
    const pairs = async () => {
      const [, token = '', , made = ''] = await thermostat.headers(rpt);
      return { token, made };
    };

    it('RFC 9449 7.1: a token alone, or as Bearer, is proof_missing', async () => {
      const { made } = await pairs();
      assertDpop(await at(dishwasherPath, 'Authorization', `DPoP ${rpt}`), 'proof_missing');
      assertDpop(await at(dishwasherPath, 'Authorization', `Bearer ${rpt}`), 'proof_missing');
      assertDpop(await at(dishwasherPath, 'Authorization', `Bearer ${rpt}`, 'DPoP', made), 'proof_missing');
    });

    it('RFC 9449 4.3: another method, URL, origin or token, or no ath, is proof_invalid', async () => {
      const evil = 'http://evil.example/dishwasher/start';
      for (const wish of [
        { method: 'GET' },
        { method: 'post' },
        { url: home.url + ovenPath },
        { url: `${home.url}/dishwasher/start/` },
        { url: evil },
        { token: `${rpt}x` },
        { token: undefined },
      ]) {
        assertDpop(await hand(wish), 'proof_invalid', 'invalid_dpop_proof');
      }
      assertDpop(await hand({ url: evil }, 'Host', 'evil.example'), 'proof_invalid', 'invalid_dpop_proof');
      assertDpop(
        await at(dishwasherPath, 'Authorization', `DPoP ${rpt}`, 'DPoP', 'garbage'),
        'proof_invalid',
        'invalid_dpop_proof',
      );
      await assertUnharmed();
    });

    it("RFC 9449 4.3: another key is wrong_key, also another device's registered one", async () => {
      assertDpop(await hand({ by: await newKey() }), 'wrong_key');
      const thief = await outsideDevice(home, 'Thief');
      await thief.share();
      assert.equal((await thief.call(await thief.rpt())).status, 200);
      assertDpop(await thief.call(rpt), 'wrong_key');
      await assertUnharmed();
    });

    it('RFC 9449 11.1: a proof of long ago or of the future is asked for a nonce, and with it passes', async () => {
      for (const age of [600, -60]) {
        const refused = await hand({ age, nonce: undefined });
        assertDpop(refused, 'use_dpop_nonce', 'use_dpop_nonce');
        const nonce = refused.headers['dpop-nonce'];
        assert.equal((await hand({ age, nonce })).status, 200, 'a device without a clock');
      }
      assertDpop(await hand({ nonce: 'made-up' }), 'use_dpop_nonce', 'use_dpop_nonce');
    });

    it('RFC 9449 11.1: a proof passes once', async () => {
      const headers = await thermostat.headers(rpt);
      assert.equal((await at(dishwasherPath, ...headers)).status, 200);
      assertDpop(await at(dishwasherPath, ...headers), 'proof_replayed', 'invalid_dpop_proof');
      await assertUnharmed();
    });

    it('RFC 9449 11.1: of 20 equal messages at once exactly one passes', async () => {
      const headers = await thermostat.headers(rpt);
      const answers = await twenty(() => at(dishwasherPath, ...headers));
      assert.deepEqual(statuses(answers), oneOf20(401));
      for (const answer of answers.filter(({ status }) => status === 401)) {
        assertDpop(answer, 'proof_replayed', 'invalid_dpop_proof');
      }
    });

    it('RFC 9449 4.3, RFC 9110 5.3: two proofs or two tokens are malformed_request, and use nothing up', async () => {
      const { token, made } = await pairs();
      const [, , , other = ''] = await thermostat.headers(rpt);
      const good = ['Authorization', token, 'DPoP', made];
      assertPlain(await at(dishwasherPath, ...good, 'DPoP', other), 400, 'malformed_request');
      assertPlain(await at(dishwasherPath, ...good, 'dpop', made), 400, 'malformed_request');
      const joined = ['Authorization', token, 'DPoP', `${made}, ${other}`];
      assertPlain(await at(dishwasherPath, ...joined), 400, 'malformed_request');
      assertPlain(await at(dishwasherPath, ...good, 'Authorization', token), 400, 'malformed_request');
      assertPlain(await at(dishwasherPath, ...good, 'authorization', 'Basic YQ=='), 400, 'malformed_request');
      const two = ['Authorization', `${token}, ${token}`, 'DPoP', made];
      assertPlain(await at(dishwasherPath, ...two), 400, 'malformed_request');
      assert.equal((await at(dishwasherPath, ...good)).status, 200);
    });
  });

  describe('tickets', () => {
    it('G 3.3.1: a ticket is good once', async () => {
      const ticket = await ticketOf(home);
      assert.equal((await thermostat.client.rpt(ticket)).status, 200);
      const again = await thermostat.client.rpt(ticket);
      assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
    });

    it('G 3.3.1: of 20 who show a ticket at once exactly one gets a token', async () => {
      const ticket = await ticketOf(home);
      const replies = await twenty(() => thermostat.client.rpt(ticket));
      assert.deepEqual(statuses(replies), oneOf20(400));
      assert.deepEqual([...new Set(replies.map(({ body }) => body.error))].sort(), ['invalid_grant', undefined]);
    });
  });

  describe('devices', () => {
    async function tell(device: OutsideDevice, action: string): Promise<void> {
      const { status, body } = await (await home.owner())(
        'POST',
        `/api/devices/${device.client.clientId}/${action}`,
        {},
      );
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body.unconfirmed, []);
    }

    it('a suspended device is quarantined without a ticket; resumed, it may get a new token for what was shared', async () => {
      const device = await outsideDevice(home, 'Suspended');
      await device.share();
      const held = await device.rpt();
      assert.equal((await device.call(held)).status, 200);
      await tell(device, 'suspend');
      assertPlain(await device.call(held), 403, 'quarantined');
      assert.equal((await device.client.rpt(await ticketOf(home))).status, 403);
      await tell(device, 'resume');
      assertUma(await device.call(held), 'revoked');
      assert.equal((await device.call(await device.rpt())).status, 200);
    });

    it('a retired device stays out: its share is over, it gets no token, and it cannot be resumed', async () => {
      const device = await outsideDevice(home, 'Retired');
      await device.share();
      const held = await device.rpt();
      assert.equal((await device.call(held)).status, 200);
      await tell(device, 'retire');
      assertUma(await device.call(held), 'revoked');
      const { status, body } = await device.client.rpt(await ticketOf(home));
      assert.deepEqual([status, body.error], [403, 'request_denied']);
      await assert.rejects(tell(device, 'resume'));
      await assert.rejects(device.share());
    });
  });

  describe('servers', () => {
    it('RFC 9110 15.5.20: the authorization server hears only its own name, and to others says nothing', async () => {
      const own = new URL(home.issuer).host;
      for (const path of ['/.well-known/uma2-configuration', '/', '/api/session', '/token']) {
        for (const host of ['evil.example', `evil.example:${new URL(home.issuer).port}`, `${own}.evil.example`, '']) {
          for (const method of ['GET', 'POST']) {
            const answer = await send(home.issuer + path, { method, headers: ['Host', host] });
            assert.deepEqual([host, answer.status, answer.body], [host, 421, '']);
          }
        }
      }
      const both = await send(`${home.issuer}/`, { method: 'GET', headers: ['Host', own, 'Host', 'evil.example'] });
      assert.deepEqual([both.status, both.body], [421, '']);
    });

    it("G 3.2.1: a resource that names a stranger's server is not followed, and the stranger hears nothing", async () => {
      const { body } = await home.knock('/test/ask');
      assert.deepEqual([body.uma.outcome, body.uma.reason], ['denied', 'unknown_server']);
      assert.equal(stranger.connections, 0);
      assert.equal(fakeResource.heard.length, 1);
      for (const { authorization, dpop } of fakeResource.heard)
        assert.deepEqual([authorization, dpop], [undefined, undefined]);
    });
  });

  describe('what a message says, and what the settings fix', () => {
    const wishes = {
      ...{ resource: 'oven', resourceType: 'msg', device: 'other', scopes: [], scope: '', action: 'resume', until: 1 },
      ...{ method: 'GET', acceptBearer: true, leeway: 1e9, maxAge: 1e9, uma: { allowed: true, share: 'made-up' } },
    };

    /** To the flow of an author who lays whatever is sent on the message. */
    const careless = (headers: string[], chosen: object): Promise<Answer> =>
      send(`${home.url}${carelessPath}`, {
        headers: [...headers, 'Content-Type', 'application/json'],
        body: JSON.stringify(chosen),
      });

    it('rpt-check asks for its own resource and scopes', async () => {
      const cook = await outsideDevice(home, 'Cook');
      const oven = await home.resource('Oven');
      await cook.share(oven);
      const ovenRpt = await cook.rpt(ovenPath);
      // So that it knows the nonce that every proof needs in the first minute after a start.
      await cook.call(ovenRpt, { path: ovenPath });
      const forOven = await cook.headers(ovenRpt, { path: carelessPath });
      assertUma(await careless(forOven, { ...wishes, resource: oven, scopes: ['start'] }), 'insufficient_scope');
      const [, token, , made] = await thermostat.headers(rpt, { path: carelessPath });
      assertUma(await careless([], { ...wishes, token, proof: made, headers: { authorization: token } }), 'no_token');
      assertDpop(await careless(['Authorization', `Bearer ${rpt}`], wishes), 'proof_missing');
      const passing = await careless(await thermostat.headers(rpt, { path: carelessPath }), wishes);
      assert.deepEqual([passing.status, passing.body.by], [200, thermostat.client.clientId]);
    });

    it('revoke ends what its settings name', async () => {
      const guest = await outsideDevice(home, 'Brief guest');
      const share = await guest.share();
      const chosen = { ...wishes, share, target: 'everything', device: thermostat.client.clientId };
      assert.deepEqual((await home.knock('/test/revoke', chosen)).body.payload.target, { share });
      await assertUnharmed();
    });

    it('share gives what its settings name, to whom they name', async () => {
      const device = thermostat.client.clientId;
      const { body } = await home.knock('/test/share', { ...wishes, device, scopes: ['stop'], action: 'list' });
      const own = await home.knock('/test/status', { device, action: 'suspend' });
      assert.deepEqual(body.payload.party, { kind: 'device', id: own.body.uma.device });
      assert.notEqual(own.body.uma.device, device);
      assert.equal(body.payload.resource, await home.resource('Dishwasher'));
      assert.deepEqual([body.payload.scopes, body.payload.conditions?.until], [['start'], undefined]);
    });

    it('device-identity does what its settings name, and uma-request goes where they say', async () => {
      const heard = fakeResource.heard.length;
      const call = { device: thermostat.client.clientId, resource: 'oven', scopes: ['stop'], url: fakeResource.url };
      assert.equal((await home.knock('/test/call', call)).body.payload.started, true);
      const { authorization, dpop } = (await home.knock('/test/headers', call)).body.headers;
      assert.equal((await home.knock('/test/suspend', wishes)).body.uma.state, 'quarantined');
      assertPlain(await at(dishwasherPath, 'Authorization', authorization, 'DPoP', dpop), 403, 'quarantined');
      assert.equal((await home.knock('/test/status', { action: 'resume' })).body.uma.state, 'quarantined');
      assert.equal((await home.knock('/test/call', call)).body.uma.outcome, 'denied');
      await assertUnharmed();
      assert.equal((await home.knock('/test/resume', { action: 'suspend' })).body.uma.state, 'active');
      assert.equal((await home.knock('/test/call', call)).body.payload.started, true);
      assert.equal(fakeResource.heard.length, heard, 'nothing went there');
    });
  });
});
