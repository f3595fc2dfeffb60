/** A device whose key no gateway holds, while a whole gateway listens: what its owner takes back is gone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';
import { registerClient, type TestClient } from '../support/test-client.ts';
import { proof } from '../support/test-key.ts';

const address = 'http://127.0.0.1:1880';
const rules = { resource: 'dishwasher', maxAnswerAgeMs: 300_000, leewaySeconds: 5, acceptBearer: false };

function until(gateway: Gateway, phase: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      if (gateway.standing().phase !== phase) return;
      stop();
      resolve();
    }
    look();
  });
}

/** Another text for the same signature over the same claims: (r, n - s) verifies where (r, s) does. */
function otherForm(rpt: string): string {
  const [header, claims, signature = ''] = rpt.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const other = (order - BigInt(`0x${bytes.toString('hex', 32)}`)).toString(16).padStart(64, '0');
  return `${header}.${claims}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]).toString('base64url')}`;
}

/** The idle bits at the end of the last character set (RFC 4648 3.5). */
function otherEnding(rpt: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return rpt.slice(0, -1) + alphabet[alphabet.indexOf(rpt.at(-1) ?? '') | 1];
}

describe('a gateway and a device outside of it', () => {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-outside-'));
  let gateway: Gateway;
  let owner: OwnerSession;
  let device: TestClient;
  let share: string;

  before(async () => {
    gateway = await openGateway({
      userDir,
      connection: 'home',
      server: { kind: 'built-in', port: 0 },
      addresses: () => [address],
      owner: { name, password },
      name: 'a gateway under test',
      log: () => {},
    }).gateway;
    await until(gateway, 'waiting-for-owner');
    owner = await signIn(gateway.issuer);
    const standing = gateway.standing();
    assert.ok(standing.phase === 'waiting-for-owner');
    await owner.call('POST', `/api/codes/${standing.userCode}/approve`, {});
    await until(gateway, 'ready');
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'], critical: false });
    while (gateway.resourceId('dishwasher') === undefined) await new Promise((resolve) => setImmediate(resolve));
  });
  after(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    device = await registerClient(gateway.issuer);
    const party = { kind: 'device', id: device.clientId };
    const wish = { resource: gateway.resourceId('dishwasher'), party, scopes: ['start', 'stop'] };
    share = (await owner.call('POST', '/api/shares', wish)).body.id;
  });

  async function rpt(): Promise<string> {
    const permissions = [{ resource: gateway.resourceId('dishwasher') ?? '', scopes: ['start', 'stop'] }];
    const { ticket } = await gateway.server.resourceServer.requestTicket(permissions, AbortSignal.timeout(5_000));
    return (await device.rpt(ticket)).body.access_token;
  }

  async function verdict(token: string): Promise<string> {
    const ask = async (nonce?: string) => {
      const dpop = await proof(device.key, { method: 'POST', url: `${address}/start`, token, nonce });
      const presented = { authorization: [`DPoP ${token}`], dpop: [dpop], method: 'POST', target: '/start' };
      return gateway.check({ ...presented, source: '127.0.0.1' }, { ...rules, scopes: ['stop'] }, () => {});
    };
    const first = await ask();
    const decision = first.allowed || first.nonce === undefined ? first : await ask(first.nonce);
    return decision.allowed ? 'passed' : decision.reason;
  }

  it('goes on hearing its server after the owner has stopped and woken the device', async () => {
    const stopped = await owner.call('POST', `/api/devices/${device.clientId}/suspend`);
    const woken = await owner.call('POST', `/api/devices/${device.clientId}/resume`);
    const withdrawn = await owner.call('DELETE', `/api/shares/${share}`);
    for (const { body } of [stopped, woken, withdrawn]) assert.deepEqual(body.unconfirmed, []);
  });

  it('stops and wakes a device whose key it does not hold, here and at the server', async () => {
    const id = device.clientId;
    const token = await rpt();
    const stopped = { device: id, state: 'quarantined', assurance: 'device' };
    assert.deepEqual(await gateway.suspend(id), stopped);
    assert.equal(await verdict(token), 'quarantined');
    assert.deepEqual(await gateway.deviceStatus(id), stopped);
    const { items } = (await owner.call('GET', '/api/devices?limit=500')).body;
    assert.equal(items.find((one: { id: string }) => one.id === id).state, 'quarantined');
    assert.deepEqual(await gateway.resume(id), { ...stopped, state: 'active' });
    assert.equal(await verdict(await rpt()), 'passed');
  });

  it('refuses a token over two shares whichever way either of them ends', async () => {
    const second = await owner.call('POST', '/api/shares', {
      resource: gateway.resourceId('dishwasher'),
      party: { kind: 'device', id: device.clientId },
      scopes: ['stop'],
    });
    await owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    await owner.call('DELETE', `/api/shares/${share}`);
    await owner.call('PATCH', `/api/shares/${second.body.id}`, { conditions: { until: 4_000_000_000 } });
    assert.equal(await verdict(token), 'revoked');
  });

  it('refuses a revoked token however its signature is spelled', async () => {
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    const narrowed = await owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    assert.deepEqual(narrowed.body.unconfirmed, []);
    assert.equal(await verdict(token), 'revoked');
    assert.equal(await verdict(otherForm(token)), 'invalid_token');
    assert.equal(await verdict(otherEnding(token)), 'invalid_token');
  });

  it('is given tokens of one spelling only: the lower form of the signature', async () => {
    for (let count = 0; count < 20; count += 1) assert.equal(await verdict(await rpt()), 'passed');
  });

  // The last: for the second in which a panic began, nothing passes after it either.
  it('lets nothing pass that was issued before a panic, narrowed and revoked in it, once its owner has ended it', async () => {
    const token = await rpt();
    assert.equal(await verdict(token), 'passed');
    await owner.call('POST', '/api/panic', {});
    assert.equal(await verdict(token), 'revoked');
    await owner.call('PATCH', `/api/shares/${share}`, { scopes: ['start'] });
    await device.authenticated('/token/revocation', { token });
    const ended = await owner.call('DELETE', '/api/panic', { password });
    assert.deepEqual(ended.body.unconfirmed, []);
    assert.equal(await verdict(token), 'revoked');
  });
});
