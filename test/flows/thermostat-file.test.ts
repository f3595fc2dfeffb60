/** The file of the example device: its key is in it, so that nobody else may read it. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import type { RunningServer } from '../../lib/built-in-server/start.ts';
import { newKeys } from '../contract/owner-api/outside-client.ts';
import { type ServerPlace, serverPlace } from '../contract/support/running-server.ts';
import { runThermostat, type ThermostatProgram } from './support/thermostat-program.ts';

describe('the file of examples/devices/thermostat.mjs', () => {
  let place: ServerPlace;
  let server: RunningServer;
  const started: ThermostatProgram[] = [];
  before(async () => {
    place = await serverPlace();
    server = await place.start();
  });
  after(async () => {
    for (const one of started) await one.end();
    await place.remove();
  });

  const run = (file: string) => {
    const running = runThermostat({ issuer: server.issuer, url: 'http://127.0.0.1:9/nothing', file });
    started.push(running);
    return running;
  };

  it('is readable by nobody else, also where others could read what was there', async () => {
    const file = join(place.dir, 'thermostat.json');
    const elsewhere = join(place.dir, 'elsewhere');
    const { privateKey, jwk: publicJwk } = await newKeys();
    const key = await exportJWK(privateKey);
    writeFileSync(file, JSON.stringify({ key, publicJwk }), { mode: 0o644 });
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, `${file}.new`);
    const running = run(file);
    await running.says(/types ([A-Z]{4}-[A-Z]{4})/);
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual([kept.key, typeof kept.client.client_id], [key, 'string']);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(readFileSync(elsewhere, 'utf8'), '', 'nor does it go where a link leads');
  });
});
