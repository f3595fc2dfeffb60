/** What limits a share, seen from outside: the one message passes once, through deploys and power cuts. */
import assert from 'node:assert/strict';
import { otherHours } from '../support/hours.ts';
import { eventually } from './support/eventually.ts';
import { type FlowHome, openFlowHome } from './support/flow-home.ts';
import { type Answer, type OutsideDevice, outsideDevice, ticketOf } from './support/outside-device.ts';

const said = ({ status, body }: Answer) => [status, body.error];

describe('a share for one message', () => {
  let home: FlowHome;
  before(async () => {
    home = await openFlowHome();
  });
  after(async () => {
    await home?.remove();
  });

  async function lent(name: string): Promise<{ device: OutsideDevice; share: string; rpt: string }> {
    const device = await outsideDevice(home, name);
    const share = await device.share(undefined, { once: true });
    return { device, share, rpt: await device.rpt() };
  }

  async function isAlive(share: string): Promise<boolean> {
    const { body } = await (await home.owner())('GET', '/api/shares');
    return body.items.some(({ id }: { id: string }) => id === share);
  }

  it('lets one message through and refuses the second as used_up, with a ticket to ask anew (G 3.2.1)', async () => {
    const { device, share, rpt } = await lent('Doorbell');
    assert.equal((await device.call(rpt)).status, 200);
    const second = await device.call(rpt);
    assert.deepEqual(said(second), [401, 'used_up']);
    assert.match(second.headers['www-authenticate'] ?? '', /^UMA .*ticket="/);
    await eventually('the share should end', async () => !(await isAlive(share)));
    assert.deepEqual(said(await device.call(rpt)), [401, 'used_up']);
    const { body } = await (await home.owner())('GET', '/api/history?limit=50');
    const ends = body.items.filter(
      (line: { share?: string; what: string }) => line.share === share && line.what === 'share_ended',
    );
    assert.deepEqual(
      ends.map(({ why }: { why: string }) => why),
      ['used_up'],
    );
    const asked = await device.client.rpt(await ticketOf(home));
    assert.equal(asked.body.error, 'request_submitted', 'the owner may say yes again');
  });

  it('is used up after kill -9 right behind the first message, and the server hears of it then', async () => {
    const { device, share, rpt } = await lent('Kettle');
    assert.equal((await device.call(rpt)).status, 200);
    await home.kill();
    await home.start();
    await home.ready();
    assert.deepEqual(said(await device.call(rpt)), [401, 'used_up']);
    await eventually('the share should end', async () => !(await isAlive(share)));
    assert.deepEqual(said(await device.call(rpt)), [401, 'used_up']);
  });

  it('lets exactly one of many through that come at once, and none after a full deploy', async () => {
    const { device, rpt } = await lent('Mixer');
    const answers = await Promise.all(Array.from({ length: 20 }, () => device.call(rpt)));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.equal(refused.length, 19);
    // Beyond the limit on tickets the refusal has none (G 3.2.2).
    for (const { body } of refused) assert.equal(body.error, 'used_up');
    await home.deploy('full');
    assert.equal((await device.call(rpt)).body.error, 'used_up');
  });

  it('is what the share node gives where its box is ticked: the thermostat starts once, and then asks again', async () => {
    const shared = await home.knock('/test/share-once');
    assert.equal(shared.body.payload?.sentence, 'Thermostat may start Dishwasher once', JSON.stringify(shared.body));
    const started = await home.knock('/test/call');
    assert.deepEqual(
      [started.body.statusCode, started.body.payload?.started],
      [200, true],
      JSON.stringify(started.body),
    );
    const again = await home.knock('/test/call');
    assert.ok(['denied', 'pending'].includes(again.body.uma.outcome), JSON.stringify(again.body));
    await eventually('its owner should be asked', async () => {
      return (await home.knock('/test/call')).body.uma.outcome === 'pending';
    });
    assert.equal((await home.knock('/test/share-once')).status, 200);
    assert.equal((await home.knock('/test/call')).body.statusCode, 200, 'another yes is another message');
  });

  it('outside its hours a share lets nobody through, and its owner is left in peace', async () => {
    const device = await outsideDevice(home, 'Lamp');
    await device.share(undefined, { weekly: otherHours() });
    const { status, body } = await device.client.rpt(await ticketOf(home));
    assert.deepEqual([status, body.error], [403, 'request_denied']);
    const requests = (await (await home.owner())('GET', '/api/requests')).body.items;
    assert.ok(!requests.some(({ device: id }: { device: string }) => id === device.client.clientId));
  });
});
