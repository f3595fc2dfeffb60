/** The built-in server in the home network, and the gateway beside it: over TLS, by a name that this computer may not know. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway, GatewaySettings } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { createTransport } from '../../../lib/transport/transport.ts';
import { freePort } from '../../support/free-port.ts';
import { askOverTls, pemOf, tlsConnection, writeCertificate } from '../support/certificates.ts';
import { ownerName as name, ownerPassword as password, serverPlace } from '../support/running-server.ts';
import { standing } from './stands.ts';

const wish = { device: 'thermostat', resource: 'dishwasher', scopes: ['start'], method: 'POST', url: '/start' };
type Server = GatewaySettings['server'];

describe('a gateway whose built-in server is for the home network', () => {
  let userDir: string;
  let lines: string[];

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-reach-'));
    lines = [];
  });
  afterEach(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true, force: true });
  });

  const open = async (server: Server, more: Partial<GatewaySettings> = {}): Promise<Gateway> => {
    const gateway = await openGateway({
      userDir,
      connection: 'home',
      server,
      addresses: () => ['http://127.0.0.1:1880'],
      owner: { name, password },
      name: 'a gateway under test',
      log: (line) => lines.push(line),
      ...more,
    }).gateway;
    gateway.holdDevice({ key: 'thermostat', name: 'Thermostat', algorithm: 'ES256' });
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    return gateway;
  };
  const atHome = async (certificate: object = { from: 'made' }): Promise<Server> => ({
    kind: 'built-in',
    port: await freePort(),
    reach: { host: 'no-such-name.test', certificate: certificate as { from: 'made' } },
  });
  const letIn = async (gateway: Gateway): Promise<void> => {
    const waiting = await standing(gateway, 'waiting-for-owner');
    assert.ok(waiting.phase === 'waiting-for-owner');
    assert.ok(waiting.verificationUri.startsWith(gateway.issuer), waiting.verificationUri);
    const headers = { 'content-type': 'application/json' };
    const session = { method: 'POST', body: JSON.stringify({ name, password }), headers };
    const signedIn = await askOverTls(gateway.issuer, '/api/session', session);
    const { csrfToken } = JSON.parse(signedIn.body) as { csrfToken: string };
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const approve = { method: 'POST', body: '{}', headers: { ...headers, cookie, 'x-csrf-token': csrfToken } };
    assert.equal((await askOverTls(gateway.issuer, `/api/codes/${waiting.userCode}/approve`, approve)).status, 200);
    await standing(gateway, 'ready');
    while (!gateway.deviceId('thermostat') || !gateway.resourceId('dishwasher'))
      await new Promise((resolve) => setImmediate(resolve));
  };
  const asks = async (gateway: Gateway) =>
    (await gateway.headers(wish, undefined, AbortSignal.timeout(10_000))).outcome;

  it('reaches it over loopback by its name, which no name server knows, and tells the fingerprint of the certificate it made', async () => {
    const server = await atHome();
    const gateway = await open(server);
    assert.equal(gateway.issuer, `https://no-such-name.test:${server.kind === 'built-in' && server.port}`);
    await letIn(gateway);
    const owner = await gateway.owner();
    const resource = gateway.resourceId('dishwasher') ?? '';
    const party = { kind: 'device', id: gateway.deviceId('thermostat') ?? '' } as const;
    await owner.grant({ resource, party, scopes: ['start'], conditions: {} });
    assert.equal(await asks(gateway), 'allowed');
    const { fingerprint } = await askOverTls(gateway.issuer, '/jwks');
    assert.equal(gateway.madeCertificate(), fingerprint);
    assert.equal(lines.filter((line) => line.includes(fingerprint)).length, 1);
  });

  it('is reached from the other addresses of this computer', async () => {
    const gateway = await open(await atHome());
    const { port } = new URL(gateway.issuer);
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ address }) => !/^fe80/i.test(address));
    for (const { address } of others)
      (await tlsConnection(Number(port), 'no-such-name.test', { host: address })).destroy();
  });

  it('takes Node-RED’s own certificate, which a function may give', async () => {
    const pem = pemOf(await writeCertificate(userDir, 'no-such-name.test'));
    const gateway = await open(await atHome({ from: 'settings' }), { ownCertificate: async () => pem });
    await letIn(gateway);
    assert.equal(gateway.madeCertificate(), undefined);
    await closeAll();
    await assert.rejects(open(await atHome({ from: 'settings' })), { code: 'certificate_unreadable' });
  });

  it('without encryption: its gateway says nothing on the network, and the log says what others can read', async () => {
    const port = await freePort();
    const gateway = await open({ kind: 'built-in', port, reach: { host: 'no-such-name.test', notEncrypted: true } });
    assert.equal((await standing(gateway, 'waiting-for-owner', 'unreachable')).phase, 'waiting-for-owner');
    assert.equal(gateway.issuer, `http://no-such-name.test:${port}`);
    assert.deepEqual([gateway.notEncrypted, gateway.madeCertificate()], [true, undefined]);
    assert.ok(lines.some((line) => line.includes(gateway.issuer) && line.includes('without encryption')));
  });

  it('elsewhere, with a certificate it made: reached by whoever compared the fingerprint, and by nobody else', async () => {
    const place = await serverPlace();
    try {
      const port = await freePort();
      const issuer = `https://localhost:${port}`;
      const server = await place.start({ port, issuer, certificate: { from: 'made' } });
      const { fingerprint: certificate = '' } = server.certificate?.() ?? {};
      const doubting = await open({ kind: 'built-in-at', url: issuer });
      assert.equal((await standing(doubting, 'unreachable', 'waiting-for-owner')).phase, 'unreachable');
      await closeAll();
      const wrong = await open({ kind: 'built-in-at', url: issuer, certificate: certificate.replace(/^../, 'XX') });
      assert.equal((await standing(wrong, 'unreachable', 'waiting-for-owner')).phase, 'unreachable');
      await closeAll();
      const gateway = await open({ kind: 'built-in-at', url: issuer, certificate });
      assert.equal((await standing(gateway, 'unreachable', 'waiting-for-owner')).phase, 'waiting-for-owner');
    } finally {
      await closeAll();
      await place.remove();
    }
  });

  it('moved out of this computer and back, it keeps device and resource, and says which outside devices must be told', async () => {
    const server = await atHome();
    const here = await open({ kind: 'built-in', port: server.kind === 'built-in' ? server.port : 0 });
    const waiting = await standing(here, 'waiting-for-owner');
    assert.ok(waiting.phase === 'waiting-for-owner');
    await closeAll();
    const there = await open(server);
    await letIn(there);
    const ids = [there.deviceId('thermostat'), there.resourceId('dishwasher')];
    await closeAll();
    const back = await open({ kind: 'built-in', port: server.kind === 'built-in' ? server.port : 0 });
    await standing(back, 'ready');
    assert.deepEqual([back.deviceId('thermostat'), back.resourceId('dishwasher')], ids);
    assert.ok(lines.some((line) => line.includes('was at') && line.includes(there.issuer)));
  });
});

describe('an own way of the transport', () => {
  const settings = {
    connections: 2,
    timeouts: { connectMs: 2000, headersMs: 2000, bodyMs: 2000, totalMs: 4000 },
    maxResponseBytes: 1000,
  };

  it('leads its origin alone to another place, and believes the certificate that is known there and no other', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'uma-way-'));
    const { cert, key } = pemOf(await writeCertificate(dir, 'pi.test'));
    const server = createServer({ cert, key }, (request, response) => response.end(request.headers.host));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const seen: string[] = [];
    const origin = 'https://pi.test:4711';
    const through = (known: boolean) =>
      createTransport({
        ...settings,
        ownWay: {
          origin,
          to: { host: '127.0.0.1', port },
          knows: ({ fingerprint }) => known && seen.push(fingerprint) > 0,
        },
      });
    const [transport, doubting] = [through(true), through(false)];
    try {
      assert.equal(await (await transport.fetch(`${origin}/`)).text(), 'pi.test:4711');
      assert.match(seen[0] ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      await assert.rejects(transport.fetch(`https://127.0.0.1:${port}/`), { why: 'certificate' });
      await assert.rejects(doubting.fetch(`${origin}/`), { why: 'certificate' });
    } finally {
      await Promise.all([transport.close(), doubting.close()]);
      server.close();
      rmSync(dir, { recursive: true });
    }
  });
});
