/** What the example device tells whoever stands before it while its owner takes time to answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { newKeys } from '../contract/owner-api/outside-client.ts';
import { type FakePatientServer, fakePatientServer } from './support/fake-patient-server.ts';
import { runThermostat, type ThermostatProgram } from './support/thermostat-program.ts';

describe('examples/devices/thermostat.mjs, while it waits', () => {
  let server: FakePatientServer;
  let dir: string;
  let running: ThermostatProgram | undefined;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'uma-thermostat-'));
    server = await fakePatientServer(3);
  });
  after(async () => {
    await running?.end();
    await server.close();
    rmSync(dir, { recursive: true });
  });

  it('says once that its owner has been asked, however often it looks for the answer, and once what that is', async () => {
    const { privateKey, jwk: publicJwk } = await newKeys();
    const client = { client_id: 'thermostat', token_endpoint_auth_method: 'private_key_jwt' };
    const file = join(dir, 'thermostat.json');
    writeFileSync(file, JSON.stringify({ key: await exportJWK(privateKey), publicJwk, client, claimed: true }));
    running = runThermostat({ issuer: server.issuer, url: server.resource, file });
    await running.says(/^200/);
    assert.equal(server.asked(), 4);
    assert.deepEqual(running.said, ['My owner has been asked.', 'My owner has said yes.', '200 "started"']);
  });
});
