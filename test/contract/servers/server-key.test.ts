/** The server signs with a new key (docs/server-keys.md), and gateways that knew the old one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createKeySet } from '../../../lib/decision/key-set.ts';
import { createTokenReader } from '../../../lib/decision/token-reader.ts';
import { freePort } from '../../support/free-port.ts';
import { connectGateway, type OwnerSession, signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { registerClient, request } from '../support/test-client.ts';
import { type AGateway, aGateway, joined } from './a-gateway.ts';

describe('the server’s signing key gives way to another', () => {
  let place: ServerPlace;
  let owner: OwnerSession;
  let port: number;
  let issuer: string;
  const clock = { ms: 0 };
  const nowMs = () => Date.now() + clock.ms;

  beforeEach(async () => {
    clock.ms = 0;
    place = await serverPlace();
    port = await freePort();
    ({ issuer } = await place.start({ port, nowMs }));
    owner = await signIn(issuer);
  });
  afterEach(() => place.remove());

  const restart = async (options: object) => {
    await place.stop();
    return place.start({ port, nowMs, ...options });
  };
  const kids = async () => (await request(`${issuer}/jwks`)).body.keys.map(({ kid }: { kid: string }) => kid);

  /** What a gateway's decision makes of a token, with the keys that its server gives out. */
  async function reads({ server }: AGateway, rpt: string): Promise<boolean> {
    const keySet = createKeySet({ fetchJwks: async (_uri, signal) => ({ keys: await server.signingKeys(signal) }) });
    const read = createTokenReader({ keySet, nowMs: Date.now, lastHeardMs: Date.now });
    const tokenHash = createHash('sha256').update(rpt).digest('base64url');
    const question = { token: rpt, tokenHash, leewaySeconds: 5, maxAnswerAgeMs: 300_000 };
    return !('reason' in (await read(server.resourceServer.rptReading, question)));
  }

  it('gateways follow by the old key’s word, also one that was away; what the old one signed is good to its end', async () => {
    const gateway = await joined(issuer, owner);
    const scopes = ['start'];
    const resource = await gateway.server.resourceServer.keep({ key: 'dishwasher', name: 'Dishwasher', scopes });
    const device = await registerClient(issuer);
    const party = { kind: 'device', id: device.clientId };
    await owner.call('POST', '/api/shares', { resource, party, scopes });
    const rpt = async () => {
      const permissions = [{ resource, scopes }];
      const { ticket } = await gateway.server.resourceServer.requestTicket(permissions, AbortSignal.timeout(5_000));
      return (await device.rpt(ticket)).body.access_token as string;
    };
    const old = await rpt();
    const [before] = await kids();
    const { signingKey } = await restart({ rotateKey: true });
    assert.deepEqual(await kids(), [signingKey, before]);
    const fresh = await rpt();
    assert.deepEqual([await reads(gateway, old), await reads(gateway, fresh)], [true, true]);
    clock.ms = 601_000;
    assert.deepEqual(await kids(), [signingKey], 'nothing it signed can be alive');
    clock.ms = 0;
    const away = await gateway.restart();
    away.server.join.start();
    await away.reaches('ready');
    await away.close();
  });

  it('a gateway that was away for two changes follows both; one that never knew the old key pins what it sees', async () => {
    const gateway = await joined(issuer, owner);
    await gateway.server.close();
    await restart({ rotateKey: true });
    clock.ms = 601_000;
    const { signingKey } = await restart({ rotateKey: true });
    clock.ms = 0;
    const back = await gateway.restart();
    back.server.join.start();
    await back.reaches('ready');
    assert.equal((await back.server.signingKeys()).at(0)?.kid, signingKey);
    await back.close();
  });

  it('is not changed again while the old key is still shown, and stays over an ordinary restart', async () => {
    const { signingKey } = await restart({ rotateKey: true });
    assert.equal((await restart({ rotateKey: true })).signingKey, signingKey);
    assert.match(place.lines.join('\n'), /is not changed again/);
    assert.equal((await restart({})).signingKey, signingKey);
    const home = await owner.call('GET', '/api/home');
    assert.equal(home.body.signingKey, signingKey, 'the owner can compare it');
  });

  it('another server in its place is let in by a person’s word only', async () => {
    const gateway = await joined(issuer, owner);
    await place.remove();
    place = await serverPlace();
    const { signingKey } = await place.start({ port });
    const kept = await gateway.restart();
    kept.server.join.start();
    const { error } = await kept.reaches('failed');
    assert.deepEqual(error, { key: 'hint.server_key_changed', values: { server: issuer, fingerprint: signingKey } });
    const told = await kept.restart({ confirmedKey: signingKey });
    told.server.join.start();
    await told.reaches('waiting-for-owner');
    await told.close();
  });

  it('the private half of the old key is kept nowhere, and neither half leaves as anything but public', async () => {
    await restart({ rotateKey: true });
    const { body } = await request(`${issuer}/jwks`);
    for (const key of body.keys)
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const gateway = await aGateway({ issuer });
    assert.equal((await gateway.server.signingKeys()).length, 2);
    await gateway.close();
    await connectGateway(issuer, owner);
  });
});
