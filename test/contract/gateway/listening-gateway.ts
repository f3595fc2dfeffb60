/** A whole gateway with the built-in server in this process, its owner, and a device whose key it does not hold. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { freePort } from '../../support/free-port.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';
import type { TestClient } from '../support/test-client.ts';
import { proof } from '../support/test-key.ts';
import { standing } from './stands.ts';

const address = 'http://127.0.0.1:1880';
const rules = { resource: 'dishwasher', maxAnswerAgeMs: 300_000, leewaySeconds: 5, acceptBearer: false };

export interface ListeningGateway {
  /** The present one. */
  gateway(): Gateway;
  owner: OwnerSession;
  resource(): string;
  /** Closes everything and opens it anew, on the same port and in the same folder. */
  reopen(): Promise<void>;
  rpt(device: TestClient, scopes: string[]): Promise<string>;
  /** What becomes of a message with this token and a fresh proof: `passed`, or the reason. */
  verdict(device: TestClient, token: string, scopes: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function listeningGateway(): Promise<ListeningGateway> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-outside-'));
  // The same one after a restart: another port would be another server.
  const port = await freePort();
  let gateway: Gateway;

  async function open(): Promise<Gateway> {
    const addresses = () => [address];
    const settings = { userDir, connection: 'home', addresses, name: 'a gateway under test', log: () => {} };
    const server = { kind: 'built-in', port } as const;
    const opened = await openGateway({ ...settings, server, owner: { name, password } }).gateway;
    opened.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'], critical: false });
    return opened;
  }

  async function ready(): Promise<void> {
    await standing(gateway, 'ready');
    while (gateway.resourceId('dishwasher') === undefined) await new Promise((resolve) => setImmediate(resolve));
  }

  gateway = await open();
  const waiting = await standing(gateway, 'waiting-for-owner');
  const owner = await signIn(gateway.issuer);
  assert.ok(waiting.phase === 'waiting-for-owner');
  await owner.call('POST', `/api/codes/${waiting.userCode}/approve`, {});
  await ready();

  const resource = () => gateway.resourceId('dishwasher') ?? '';
  return {
    gateway: () => gateway,
    owner,
    resource,
    async reopen() {
      await closeAll();
      gateway = await open();
      await ready();
    },
    async rpt(device, scopes) {
      const permissions = [{ resource: resource(), scopes }];
      const { ticket } = await gateway.server.resourceServer.requestTicket(permissions, AbortSignal.timeout(5_000));
      return (await device.rpt(ticket)).body.access_token;
    },
    async verdict(device, token, scopes) {
      const ask = async (nonce?: string) => {
        const dpop = await proof(device.key, { method: 'POST', url: `${address}/start`, token, nonce });
        const presented = { authorization: [`DPoP ${token}`], dpop: [dpop], method: 'POST', target: '/start' };
        return gateway.check({ ...presented, source: '127.0.0.1' }, { ...rules, scopes }, () => {});
      };
      const first = await ask();
      const decision = first.allowed || first.nonce === undefined ? first : await ask(first.nonce);
      return decision.allowed ? 'passed' : decision.reason;
    },
    async close() {
      await closeAll();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}
