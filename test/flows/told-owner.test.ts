/** What Node-RED tells its owner: what no flow has any more, and what was not let through. */
import assert from 'node:assert/strict';
import { eventually } from './support/eventually.ts';
import { type FlowHome, type OwnerCall, openFlowHome } from './support/flow-home.ts';

describe('what Node-RED tells its owner', () => {
  let home: FlowHome;
  let alice: OwnerCall;
  before(async () => {
    home = await openFlowHome();
    alice = await home.owner();
  });
  after(async () => {
    await home?.remove();
  });

  const without = (...keys: string[]) => home.flow.filter(({ key }) => !keys.includes(String(key)));
  const marks = async () => {
    const [devices, resources] = [await alice('GET', '/api/devices'), await alice('GET', '/api/resources')];
    const all: { name: string; inFlow?: boolean }[] = [...devices.body.items, ...resources.body.items];
    return Object.fromEntries(all.map(({ name, inFlow }) => [name, inFlow]));
  };
  const shows = async (wanted: Record<string, boolean>) => {
    await eventually(`it should show ${JSON.stringify(wanted)}`, async () => {
      const shown = await marks();
      return Object.entries(wanted).every(([name, inFlow]) => shown[name] === inFlow);
    });
  };

  it('what is in a flow, once everything is registered', () =>
    shows({ Thermostat: true, Dishwasher: true, Oven: true }));

  it('a device and a resource whose nodes are deleted are no longer in a flow; the others are', async () => {
    await home.deploy('full', without('thermostat', 'oven'));
    await shows({ Thermostat: false, Oven: false, Dishwasher: true });
    const { body } = await alice('GET', '/api/home');
    assert.equal(body.counts.leftFlow, 2);
  });

  it('what was not let through, and why, in a line of history that counts', async () => {
    const call = () => fetch(`${home.url}/dishwasher/start`, { method: 'POST' });
    for (let n = 0; n < 20; n += 1) assert.equal((await call()).status, 401);
    let line: { sentence?: string; values?: { count: number } } = {};
    await eventually('the owner should read of it', async () => {
      const { body } = await alice('GET', '/api/history');
      line = body.items.find(({ what }: { what: string }) => what === 'refused') ?? {};
      return line.values !== undefined;
    });
    assert.match(String(line.sentence), /^Somebody unknown was not let through to Dishwasher\b.* No token was sent\./);
  });

  it('is remembered over a restart, and a deploy brings them back, of the nodes alone too', async () => {
    await home.kill();
    await home.start();
    await home.ready();
    await shows({ Thermostat: false, Oven: false, Dishwasher: true });
    await home.deploy('nodes', home.flow);
    await shows({ Thermostat: true, Oven: true, Dishwasher: true });
  });
});
