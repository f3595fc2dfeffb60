/** A device's key changes while it works: no message is lost, and the old key is of no use afterwards. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { eventually } from './support/eventually.ts';
import { answered, type FlowHome, openFlowHome } from './support/flow-home.ts';
import { lifeFlow } from './support/life-flow.ts';
import { keepCalling } from './support/load.ts';
import type { Answer } from './support/outside-device.ts';

describe('a key that changes under traffic', () => {
  let home: FlowHome;
  beforeEach(async () => {
    home = await openFlowHome();
    await home.deploy('full', [...home.flow, ...lifeFlow()]);
    assert.equal((await home.knock('/test/share')).status, 200);
    await eventually('the thermostat should start the dishwasher', async () => (await start()).status === 200);
  });
  afterEach(async () => {
    await home?.remove();
  });

  /** One call by the node itself. */
  const start = async (): Promise<Answer> => {
    const { body } = await home.knock('/test/call');
    return { status: body.statusCode ?? 0, headers: {}, body: body.uma };
  };
  /** Headers made by the node for a call that somebody sends in a while. */
  const proved = async (): Promise<Record<string, string>> => (await home.knock('/test/headers')).body.headers;
  const send = async (headers: Record<string, string>) => {
    const { authorization = '', dpop = '' } = headers;
    const init = { method: 'POST', headers: { authorization, dpop, 'content-type': 'application/json' }, body: '{}' };
    return { headers: {}, ...(await answered(await fetch(`${home.url}/dishwasher/start`, init))) };
  };
  const later = async () => {
    const headers = await proved();
    await setTimeout(Math.random() * 300);
    return send(headers);
  };

  it('not one message is refused, whether the node calls or its headers are on their way; then the old key ends', async () => {
    const loads = [
      keepCalling(home, start),
      keepCalling(home, start),
      keepCalling(home, later),
      keepCalling(home, later),
    ];
    await setTimeout(1000);
    const kept = [await proved(), await proved()];
    const { body } = await home.knock('/test/rotate');
    const { keyThumbprint, previousThumbprint, overlapUntil } = body.uma;
    assert.notEqual(keyThumbprint, previousThumbprint);
    assert.ok(Math.abs(overlapUntil - Date.now() / 1000 - 10) < 3, JSON.stringify(body));
    // The traffic goes on until after the end of the old key.
    await setTimeout(Math.max(0, overlapUntil * 1000 - Date.now()) + 2000);
    const calls = (await Promise.all(loads.map((load) => load.stop()))).flat();
    const refused = calls.filter(({ status }) => status !== 200);
    assert.deepEqual(refused, []);
    assert.ok(calls.length > 50, `${calls.length} calls`);
    const [one = {}, other = {}] = kept;
    assert.equal((await send(one)).status, 401, 'the old key, after the overlap');
    await home.kill();
    await home.start();
    await home.ready();
    assert.equal((await send(other)).status, 401, 'and after a restart');
    await eventually('the thermostat should go on', async () => (await start()).status === 200);
    assert.equal((await home.knock('/test/status')).body.uma.keyThumbprint, keyThumbprint);
  });

  it('killed half-way it has exactly one working key again', async () => {
    for (const ms of [15, 40]) {
      const changing = home.knock('/test/rotate').catch(() => undefined);
      await setTimeout(ms);
      await home.kill();
      await changing;
      await home.start();
      await home.ready();
      await eventually('the thermostat should go on', async () => (await start()).status === 200);
      const { device, keyThumbprint } = (await home.knock('/test/status')).body.uma;
      const { items } = (await (await home.owner())('GET', '/api/devices')).body;
      assert.equal(items.find(({ id }: { id: string }) => id === device).fingerprint, keyThumbprint);
    }
  });
});
