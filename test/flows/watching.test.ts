/** Nodes without an input: one message for each thing that happens, whoever did it, and whatever is deployed meanwhile. */
import assert from 'node:assert/strict';
import { eventually } from './support/eventually.ts';
import { type FlowHome, type OwnerCall, openFlowHome } from './support/flow-home.ts';
import { lifeFlow } from './support/life-flow.ts';
import { outsideDevice, ticketOf } from './support/outside-device.ts';

describe('nodes that watch', () => {
  let home: FlowHome;
  let alice: OwnerCall;
  let thermostat: string;
  const everything = () => [...home.flow, ...lifeFlow()];
  before(async () => {
    home = await openFlowHome();
    await home.deploy('full', everything());
    alice = await home.owner();
    thermostat = (await home.knock('/test/status')).body.uma.device;
  });
  after(async () => {
    await home?.remove();
  });

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever left
  const left = async (from: string): Promise<any[]> =>
    (await home.knock('/test/left')).body.payload.filter((one: { from: string }) => one.from === from);
  const changes = async () => (await left('watched')).map(({ uma }) => `${uma.before} > ${uma.state}: ${uma.why}`);
  const seen: string[] = [];
  /** These left next, and nothing else. */
  const leaves = async (...more: string[]) => {
    seen.push(...more);
    await eventually(`there should be ${seen.length} changes`, async () => (await changes()).length >= seen.length);
    assert.deepEqual(await changes(), seen);
  };
  const owner = (what: string) => alice('POST', `/api/devices/${thermostat}/${what}`, {});

  it('device-identity: one message for each change, by a flow or by the owner', async () => {
    await home.knock('/test/suspend');
    await leaves('active > quarantined: by_flow');
    await home.knock('/test/resume');
    await eventually('it should go on', async () => (await changes()).length === 2);
    const [, resumed] = await changes();
    assert.match(String(resumed), /^quarantined > active: by_(flow|owner)$/);
    seen.push(String(resumed));
    await owner('suspend');
    await leaves('active > quarantined: by_owner');
    const [last] = (await left('watched')).slice(-1);
    assert.equal(last.uma.device, thermostat);
    assert.equal(last.payload, 'Thermostat is stopped for now: nothing of it is let through.');
  });

  it('no loss and nothing twice through deploys, of all and of the node alone', async () => {
    const deploying = home.deploy('full', everything());
    await owner('resume');
    await deploying;
    await leaves('quarantined > active: by_owner');
    const renamed = everything().map((node) => (node.id === 't-watch' ? { ...node, name: 'Watchman' } : node));
    await home.deploy('nodes', renamed);
    await owner('suspend');
    await owner('resume');
    await leaves('active > quarantined: by_owner', 'quarantined > active: by_owner');
  });

  it('after a restart it goes on, and tells nothing old anew', async () => {
    const before = (await left('watched-every')).length;
    assert.ok(before > 0);
    await home.kill();
    await home.start();
    await home.ready();
    await owner('suspend');
    await eventually('the change should leave', async () => (await left('watched')).length > 0);
    assert.deepEqual(
      (await left('watched')).map(({ uma }) => uma.state),
      ['quarantined'],
      'the old ones are not told anew',
    );
    await owner('resume');
  });

  it('share: one message for each new request, with what approve needs; none for one that joins it', async () => {
    const device = await outsideDevice(home, 'Doorbell');
    await alice('POST', `/api/devices/${device.client.clientId}/claim`, {});
    const ask = async () => (await device.client.rpt(await ticketOf(home))).body.error;
    assert.equal(await ask(), 'request_submitted');
    await eventually('the request should leave', async () => (await left('requested')).length > 0);
    assert.equal(await ask(), 'request_submitted');
    await home.deploy('full', everything());
    const [told, ...others] = await left('requested');
    assert.deepEqual(others, []);
    assert.equal(told.payload.sentence, 'Doorbell asks to start Dishwasher');
    const approved = await alice('POST', `/api/requests/${told.payload.id}/approve`, {});
    assert.equal(approved.status, 201);
  });

  it('a node that is gone tells nothing', async () => {
    const without = everything().filter(({ id }) => id !== 't-watch');
    await home.deploy('full', without);
    const before = await left('watched');
    await owner('suspend');
    await eventually('the other one should tell', async () =>
      (await left('watched-every')).some(({ uma }) => uma.state === 'quarantined' && uma.why === 'by_owner'),
    );
    assert.deepEqual(await left('watched'), before);
  });
});
