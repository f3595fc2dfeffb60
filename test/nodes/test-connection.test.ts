import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import { pemOf, writeCertificate } from '../contract/support/certificates.ts';
import { aFlow, withNodeRed } from './a-flow.ts';

const anyNode = { type: 'device-identity', deviceType: 'config', device: 'n-thermostat' };

describe('Test connection to a server that made its certificate itself', () => {
  withNodeRed();
  let dir: string;
  let server: Server;
  let url: string;
  let fingerprint: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'uma-test-'));
    const pem = pemOf(await writeCertificate(dir, 'localhost'));
    fingerprint = new X509Certificate(pem.cert).fingerprint256;
    server = createServer(pem, (_request, response) => response.end(JSON.stringify({ issuer: url })));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true });
  });

  const steps = async (certificate: string) => {
    await aFlow(anyNode);
    const values = { kind: 'built-in-at', url, certificate, addresses: [helper.url()] };
    const { body } = await helper.request().post('/uma-home/test').set('x-uma-home', '1').send(values);
    return body.steps as { ok: boolean; hint?: string }[];
  };

  it('shows the fingerprint that is seen from here, for a person to compare', async () => {
    for (const typed of ['', 'AB'.repeat(32)]) {
      const [reached] = await steps(typed);
      assert.equal(reached?.ok, false);
      assert.ok(reached?.hint?.includes(fingerprint), reached?.hint);
      await helper.unload();
    }
  });

  it('reaches it once that fingerprint was typed in', async () => {
    assert.deepEqual(
      (await steps(fingerprint)).map(({ ok }) => ok),
      [true, true, true],
    );
  });
});
