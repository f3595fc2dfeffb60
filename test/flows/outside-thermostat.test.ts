/** The example of a device that is no part of Node-RED, as its reader runs it: a program, its file and its owner. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './support/eventually.ts';
import { type FlowHome, openFlowHome } from './support/flow-home.ts';
import { dishwasherPath } from './support/outside-device.ts';
import { program, runThermostat, type ThermostatProgram } from './support/thermostat-program.ts';

describe('examples/devices/thermostat.mjs', () => {
  let home: FlowHome;
  const started: ThermostatProgram[] = [];
  before(async () => {
    home = await openFlowHome();
    await home.resource('Dishwasher');
  });
  after(async () => {
    for (const one of started) await one.end();
    await home?.remove();
  });

  const file = () => join(home.userDir, 'thermostat.json');

  function run(url = home.url + dishwasherPath): ThermostatProgram {
    const running = runThermostat({ issuer: home.issuer, url, file: file() });
    started.push(running);
    return running;
  }

  async function requestOfThermostat(): Promise<{ id: string }> {
    let request: { id: string } | undefined;
    await eventually('its request should be there', async () => {
      const { body } = await (await home.owner())('GET', '/api/requests');
      request = body.items.find(({ deviceName }: { deviceName: string }) => deviceName === 'Thermostat outside');
      return request !== undefined;
    });
    return request ?? assert.fail();
  }

  it('shows its code, is claimed, asks, waits, starts the dishwasher, and is refused once that is taken back', async () => {
    const owner = await home.owner();
    const first = run();
    const [, code = ''] = await first.says(/types ([A-Z]{4}-[A-Z]{4})/);
    const [, fingerprint] = await first.says(/fingerprint of my key is (.+)/);
    const { body: asked } = await owner('GET', `/api/codes/${code}`);
    assert.equal(asked.fingerprint.match(/.{1,6}/g).join(' '), fingerprint, 'the owner can compare');
    assert.equal((await owner('POST', `/api/codes/${code}/approve`, {})).status, 200);
    const request = await requestOfThermostat();
    const { body: share } = await owner('POST', `/api/requests/${request.id}/approve`, {});
    await first.says(/^200 .*started/);
    await first.ended;

    assert.equal((await owner('DELETE', `/api/shares/${share.id}`)).status, 200);
    const second = run();
    await second.says(/has been asked/);
    await requestOfThermostat();
  });

  it('keeps what it is in a file of its own', () => {
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.ok(JSON.parse(readFileSync(file(), 'utf8')).claimed);
  });

  it('asks nobody but its own server, whatever a resource names', async () => {
    const elsewhere = run(`${home.url}/free-for-all`);
    await elsewhere.says(/does not ask .* for permission/);
  });

  it('is short enough to read: under 150 lines', () => {
    assert.ok(readFileSync(program, 'utf8').split('\n').length < 150);
  });
});
