/** The server in this Node-RED under another port, and one that was set up anew: what its gateway keeps. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { freePort } from '../../support/free-port.ts';
import { signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';
import { clientOf, registerClient } from '../support/test-client.ts';
import { standing } from './stands.ts';

const wish = { device: 'thermostat', resource: 'dishwasher', scopes: ['start'], method: 'POST', url: '/start' };

describe('a gateway whose built-in server moves', () => {
  let userDir: string;
  let lines: string[];

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-moved-'));
    lines = [];
  });
  afterEach(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true, force: true });
  });

  async function open(port: number): Promise<Gateway> {
    const gateway = await openGateway({
      userDir,
      connection: 'home',
      server: { kind: 'built-in', port },
      addresses: () => ['http://127.0.0.1:1880'],
      owner: { name, password },
      name: 'a gateway under test',
      log: (line) => lines.push(line),
    }).gateway;
    gateway.holdDevice({ key: 'thermostat', name: 'Thermostat', algorithm: 'ES256' });
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    return gateway;
  }

  async function letIn(gateway: Gateway): Promise<void> {
    const waiting = await standing(gateway, 'waiting-for-owner');
    assert.ok(waiting.phase === 'waiting-for-owner');
    await (await signIn(gateway.issuer)).call('POST', `/api/codes/${waiting.userCode}/approve`, {});
    await standing(gateway, 'ready');
    while (!gateway.deviceId('thermostat') || !gateway.resourceId('dishwasher'))
      await new Promise((resolve) => setImmediate(resolve));
  }

  const share = async (gateway: Gateway, device = gateway.deviceId('thermostat') ?? '') => {
    const owner = await gateway.owner();
    const resource = gateway.resourceId('dishwasher') ?? '';
    return owner.grant({ resource, party: { kind: 'device', id: device }, scopes: ['start'], conditions: {} });
  };
  const asks = async (gateway: Gateway) =>
    (await gateway.headers(wish, undefined, AbortSignal.timeout(10_000))).outcome;
  const ids = (gateway: Gateway) => [gateway.deviceId('thermostat'), gateway.resourceId('dishwasher')];

  it('to another port: the same device, resource and share, once each, and the owner’s word; nobody is asked', async () => {
    const [here, there] = [await freePort(), await freePort()];
    const before = await open(here);
    await letIn(before);
    await share(before);
    assert.equal(await asks(before), 'allowed');
    const outside = await registerClient(before.issuer, { client_name: 'Doorbell' });
    await share(before, outside.clientId);
    const was = ids(before);
    await closeAll();

    const after = await open(there);
    assert.equal((await standing(after, 'ready', 'waiting-for-owner', 'failed')).phase, 'ready');
    assert.deepEqual(ids(after), was);
    assert.equal(await asks(after), 'allowed');
    const owner = await signIn(after.issuer);
    const listed = async (list: string) => (await owner.call('GET', `/api/${list}`)).body.items.length;
    assert.deepEqual([await listed('devices'), await listed('resources'), await listed('gateways')], [2, 1, 1]);
    assert.equal((await (await after.owner()).shares()).items.length, 2, 'with the authority it had');
    const [line] = lines.filter((one) => one.includes('has to be told') || one.includes('have to be told'));
    assert.ok(line?.includes(before.issuer) && line.includes(after.issuer) && line.includes('Doorbell'), line);
    assert.doesNotMatch(line ?? '', /Thermostat/);
    await closeAll();

    const back = await open(here);
    await standing(back, 'ready');
    assert.deepEqual(ids(back), was);
    const told = await clientOf(back.issuer, outside.clientId, outside.key).rpt('x');
    assert.equal(told.body.error, 'invalid_grant', 'a device that is told the address is known');
  });

  it('a token that names the old address is refused', async () => {
    const [here, there] = [await freePort(), await freePort()];
    const before = await open(here);
    await letIn(before);
    const outside = await registerClient(before.issuer);
    await share(before, outside.clientId);
    const permissions = [{ resource: before.resourceId('dishwasher') ?? '', scopes: ['start'] }];
    const { ticket } = await before.server.resourceServer.requestTicket(permissions, AbortSignal.timeout(5_000));
    const { access_token: token } = (await outside.rpt(ticket)).body;
    await closeAll();
    const after = await open(there);
    await standing(after, 'ready');
    const dpop = { authorization: [`DPoP ${token}`], dpop: [], method: 'POST', target: '/start', source: '127.0.0.1' };
    const rules = { ...{ resource: 'dishwasher', scopes: ['start'], maxAnswerAgeMs: 300_000 }, leewaySeconds: 5 };
    const decision = await after.check(dpop, { ...rules, acceptBearer: true }, () => assert.fail('it passed'));
    assert.equal(decision.allowed ? '' : decision.reason, 'invalid_token');
  });

  it('set up anew: its word needs no confirmation, since nothing else can be at its place', async () => {
    const port = await freePort();
    await letIn(await open(port));
    await closeAll();
    rmSync(join(userDir, 'uma', 'server'), { recursive: true });
    await letIn(await open(port));
  });
});
