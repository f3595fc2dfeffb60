/** What a whole gateway refuses, its owner reads in the history, with the reason. */
import assert from 'node:assert/strict';
import { eventually } from '../../flows/support/eventually.ts';
import { registerClient, type TestClient } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';
import { type ListeningGateway, listeningGateway } from './listening-gateway.ts';

interface Line {
  what: string;
  why: string;
  device?: string;
  values: { count: number };
  sentence: string;
}

describe('a gateway that refuses', () => {
  let home: ListeningGateway;
  let device: TestClient;
  before(async () => {
    home = await listeningGateway();
  });
  after(() => home.close());

  const refused = async (): Promise<Line[]> =>
    (await home.owner.call('GET', '/api/history?limit=500')).body.items.filter(
      ({ what }: { what: string }) => what === 'refused',
    );
  const reads = async (why: string, from = device): Promise<Line> => {
    let found: Line | undefined;
    await eventually(`the owner should read ${why}`, async () => {
      found = (await refused()).find((line) => line.why === why && line.device === from.clientId);
      return found !== undefined;
    });
    assert.ok(found);
    return found;
  };
  const rpt = () => home.rpt(device, ['start']);
  const verdict = (token: string, from = device) => home.verdict(from, token, ['start']);
  const shared = async (more: object = {}) => {
    device = await registerClient(home.gateway().issuer, { client_name: 'Thermostat' });
    const party = { kind: 'device', id: device.clientId };
    const wish = { resource: home.resource(), party, scopes: ['start'], ...more };
    return (await home.owner.call('POST', '/api/shares', wish)).body.id as string;
  };

  it('tells why: taken back, used up, and a token in the wrong hands', async () => {
    const share = await shared();
    const token = await rpt();
    const thief = { ...device, key: await newKey() };
    assert.equal(await verdict(token, thief), 'wrong_key');
    await home.owner.call('DELETE', `/api/shares/${share}`);
    assert.equal(await verdict(token), 'revoked');
    assert.equal(
      (await reads('revoked')).sentence,
      'Thermostat was not let through to Dishwasher. The permission was taken back.',
    );
    assert.equal(
      (await reads('wrong_key')).sentence,
      "Somebody showed Dishwasher a token of Thermostat, and was not let through. The token belongs to another device's key.",
    );
    await shared({ conditions: { once: true } });
    const once = await rpt();
    assert.deepEqual([await verdict(once), await verdict(once)], ['passed', 'used_up']);
    assert.match((await reads('used_up')).sentence, /^Thermostat was not .* The permission was for one time, and was/);
  });

  it('and that a device is suspended, or everything stopped', async () => {
    await shared();
    const token = await rpt();
    await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    assert.equal(await verdict(token), 'quarantined');
    await reads('quarantined');
    await shared();
    const other = await rpt();
    await home.owner.call('POST', '/api/panic', {});
    assert.equal(await verdict(other), 'revoked');
    assert.match((await reads('stopped')).sentence, / Everything is stopped\.$/);
  });

  it('two thousand messages of strangers are one line, that holds nothing they chose', async () => {
    const before = (await refused()).length;
    const rules = { maxAnswerAgeMs: 300_000, leewaySeconds: 5, acceptBearer: false };
    const check = (authorization: string[], resource: string, scopes: string[]) =>
      home
        .gateway()
        .check(
          { authorization, dpop: [], method: 'POST', target: '/start?<script>', source: 'a stranger' },
          { ...rules, resource, scopes },
          () => assert.fail('nothing passes'),
        );
    for (let n = 0; n < 2_000; n += 1) await check([], 'dishwasher', [`<b>${n}</b>`]);
    for (let n = 0; n < 50; n += 1) await check([], `made up ${n}`, ['start']);
    await eventually('the owner should read of them', async () => (await refused()).length > before);
    const lines = (await refused()).filter(({ device: whose }) => whose === undefined);
    assert.deepEqual(
      lines.map(({ why, values }) => [why, values.count]),
      [['no_token', 2_000]],
    );
    assert.doesNotMatch(JSON.stringify(lines), /script|made up|stranger"|<b>/);
  });
});
