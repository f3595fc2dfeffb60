/** A gateway whose built-in server is reached through Node-RED's own port: it goes to that server over loopback. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway, GatewaySettings } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { freePort } from '../../support/free-port.ts';
import { type FakeOtherPort, fakeOtherPort } from '../support/fake-other-port.ts';
import { signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';
import { standing } from './stands.ts';

const wish = { device: 'thermostat', resource: 'dishwasher', scopes: ['start'], method: 'POST', url: '/start' };
type Server = GatewaySettings['server'];

describe('a gateway whose built-in server is behind Node-RED’s own port', () => {
  /** No name server knows it, and nothing there could be reached: whatever works went another way. */
  const issuer = 'https://no-such-name.test/uma';
  let userDir: string;
  let ownPort: FakeOtherPort;
  let port: number;
  let lines: string[];

  beforeEach(async () => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-own-port-'));
    [ownPort, port, lines] = [await fakeOtherPort(), await freePort(), []];
  });
  afterEach(async () => {
    await closeAll();
    await ownPort.close();
    rmSync(userDir, { recursive: true, force: true });
  });

  const through = (more: object = {}): Server => ({ kind: 'built-in', port, reach: { issuer, proxies: [], ...more } });
  const open = async (server: Server): Promise<Gateway> => {
    const gateway = await openGateway({
      ...{ userDir, connection: 'home', server, ownPort, owner: { name, password }, name: 'a gateway under test' },
      addresses: () => ['http://127.0.0.1:1880'],
      log: (line) => lines.push(line),
    }).gateway;
    gateway.holdDevice({ key: 'thermostat', name: 'Thermostat', algorithm: 'ES256' });
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    return gateway;
  };
  const settled = async (gateway: Gateway): Promise<void> => {
    while (!gateway.deviceId('thermostat') || !gateway.resourceId('dishwasher'))
      await new Promise((resolve) => setImmediate(resolve));
  };
  const letIn = async (gateway: Gateway): Promise<void> => {
    const waiting = await standing(gateway, 'waiting-for-owner', 'unreachable', 'failed');
    assert.ok(waiting.phase === 'waiting-for-owner', JSON.stringify(waiting));
    assert.ok(waiting.verificationUri.startsWith(gateway.pages), waiting.verificationUri);
    await (await signIn(gateway.pages)).call('POST', `/api/codes/${waiting.userCode}/approve`, {});
    await standing(gateway, 'ready');
    await settled(gateway);
  };
  const asks = async (gateway: Gateway) =>
    (await gateway.headers(wish, undefined, AbortSignal.timeout(10_000))).outcome;
  const ids = (gateway: Gateway) => [gateway.deviceId('thermostat'), gateway.resourceId('dishwasher')];

  it('joins, shares by the owner API, asks and revokes, whatever the network makes of the address', async () => {
    const gateway = await open(through());
    assert.deepEqual([gateway.issuer, gateway.pages], [issuer, `http://127.0.0.1:${port}`]);
    await letIn(gateway);
    const owner = await gateway.owner();
    const [device = '', resource = ''] = ids(gateway);
    const party = { kind: 'device', id: device } as const;
    const { id } = await owner.grant({ resource, party, scopes: ['start'], conditions: {} });
    assert.equal(await asks(gateway), 'allowed');
    const { receipt } = await gateway.revoke({ share: id }, { confirmWithinMs: 5_000, why: 'revoked' });
    assert.deepEqual(receipt.unconfirmed, []);
    assert.notEqual(await asks(gateway), 'allowed');
    assert.ok(lines.some((line) => line.includes(issuer) && line.includes(gateway.pages)));
  });

  it('stopped, it sends the owner to the pages of this computer', async () => {
    const gateway = await open(through());
    await letIn(gateway);
    await (await signIn(gateway.pages)).call('POST', '/api/panic', {});
    const stopped = await standing(gateway, 'stopped');
    assert.equal(stopped.phase === 'stopped' && stopped.link, `${gateway.pages}/panic`);
  });

  it('does not take what a device calls at that address for the server', async () => {
    const gateway = await open(through());
    await letIn(gateway);
    const { resource: _, ...call } = { ...wish, url: 'https://no-such-name.test/dishwasher/start' };
    const options = { headers: {}, signal: AbortSignal.timeout(10_000) };
    const answer = await gateway.call(call, options).catch((error: { code?: string }) => error.code);
    assert.match(JSON.stringify(answer), /unreachable/);
  });

  it('changed from this computer only and back: device, resource and share are kept, and nobody is asked', async () => {
    const here = await open({ kind: 'built-in', port });
    await letIn(here);
    const owner = await here.owner();
    const [device = '', resource = ''] = ids(here);
    await owner.grant({ resource, party: { kind: 'device', id: device }, scopes: ['start'], conditions: {} });
    await closeAll();
    const there = await open(through());
    assert.equal((await standing(there, 'ready', 'waiting-for-owner', 'failed')).phase, 'ready');
    assert.deepEqual(ids(there), [device, resource]);
    assert.equal(await asks(there), 'allowed');
    await closeAll();
    assert.equal(ownPort.mounted(), 0);
    const back = await open({ kind: 'built-in', port });
    await standing(back, 'ready');
    assert.equal(await asks(back), 'allowed');
    assert.equal((await (await back.owner()).shares()).items.length, 1);
  });

  it('is put there once for all connections, and taken away with the last', async () => {
    const first = await open(through());
    const second = openGateway({
      ...{ userDir, connection: 'second', server: through(), ownPort, name: 'another', log: () => {} },
      addresses: () => [],
    });
    await second.gateway;
    assert.equal(ownPort.mounted(), 1);
    await standing(first, 'waiting-for-owner');
    await closeAll();
    assert.equal(ownPort.mounted(), 0);
  });
});
