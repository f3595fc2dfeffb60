/** A device whose key no gateway holds, stopped and woken by its owner while a whole gateway listens. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';
import { registerClient } from '../support/test-client.ts';

async function until(gateway: Gateway, phase: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      if (gateway.standing().phase !== phase) return;
      stop();
      resolve();
    }
    look();
  });
}

describe('a gateway and a device outside of it', () => {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-outside-'));

  after(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('goes on hearing its server after the owner has stopped and woken the device', async () => {
    const gateway = await openGateway({
      userDir,
      connection: 'home',
      server: { kind: 'built-in', port: 0 },
      addresses: () => ['http://127.0.0.1:1880'],
      owner: { name, password },
      name: 'a gateway under test',
      log: () => {},
    }).gateway;
    await until(gateway, 'waiting-for-owner');
    const session = await signIn(gateway.issuer);
    const standing = gateway.standing();
    assert.ok(standing.phase === 'waiting-for-owner');
    await session.call('POST', `/api/codes/${standing.userCode}/approve`, {});
    await until(gateway, 'ready');
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    while (gateway.resourceId('dishwasher') === undefined) await new Promise((resolve) => setImmediate(resolve));
    const { clientId: id } = await registerClient(gateway.issuer);
    const wish = { resource: gateway.resourceId('dishwasher'), party: { kind: 'device', id }, scopes: ['start'] };
    const share = await session.call('POST', '/api/shares', wish);

    const stopped = await session.call('POST', `/api/devices/${id}/suspend`);
    const woken = await session.call('POST', `/api/devices/${id}/resume`);
    const withdrawn = await session.call('DELETE', `/api/shares/${share.body.id}`);
    for (const { body } of [stopped, woken, withdrawn]) assert.deepEqual(body.unconfirmed, []);
  });
});
