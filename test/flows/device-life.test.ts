/** The rest of a device's life, in a real Node-RED: claimed, given away, retired. */
import assert from 'node:assert/strict';
import { eventually } from './support/eventually.ts';
import { answered, type FlowHome, type OwnerCall, openFlowHome, signIn } from './support/flow-home.ts';
import { lifeFlow } from './support/life-flow.ts';

const BOB = { name: 'bob', password: 'a few easy words' };

describe('a device’s life', () => {
  let home: FlowHome;
  let alice: OwnerCall;
  before(async () => {
    home = await openFlowHome();
    await home.deploy('full', [...home.flow, ...lifeFlow()]);
    alice = await home.owner();
  });
  after(async () => {
    await home?.remove();
  });

  const left = async (from: string) =>
    (await home.knock('/test/left')).body.payload.filter((one: { from: string }) => one.from === from);
  const outcomes = () => left('claim');
  const outcome = async (number: number) => {
    await eventually('what the owner said should leave', async () => (await outcomes()).length >= number);
    return (await outcomes())[number - 1].uma;
  };

  it('claim: a code first, then what the owner said, though a full deploy came between', async () => {
    const { body } = await home.knock('/test/claim');
    const { user_code: code, verification_uri: page, qr } = body.uma;
    assert.deepEqual([page, qr], [`${home.issuer}/device`, undefined], 'no phone reaches this computer');
    await home.deploy('full', [...home.flow, ...lifeFlow()]);
    assert.deepEqual(await outcomes(), []);
    assert.equal((await alice('GET', `/api/codes/${code}`)).body.kind, 'device');
    assert.equal((await alice('POST', `/api/codes/${code}/approve`, {})).status, 200);
    const { outcome: said, state, owner } = await outcome(1);
    assert.deepEqual([said, state, owner], ['claimed', 'active', 'alice']);
  });

  it('claim: a second knock while it waits shows the same code, and the owner’s no is an answer', async () => {
    const [one, other] = [await home.knock('/test/claim'), await home.knock('/test/claim')];
    assert.equal(one.body.uma.user_code, other.body.uma.user_code);
    await alice('POST', `/api/codes/${one.body.uma.user_code}/deny`, {});
    assert.equal((await outcome(2)).outcome, 'denied');
    assert.equal((await outcomes()).length, 2);
  });

  it('transfer: another owner’s yes ends what the thermostat may do here, at once', async () => {
    assert.equal((await home.knock('/test/share')).status, 200);
    await eventually('the thermostat should start the dishwasher', async () => {
      return (await home.knock('/test/call')).body.statusCode === 200;
    });
    await alice('POST', '/api/people', { ...BOB, kind: 'owner' });
    const bob = await signIn(home.issuer, BOB);
    const { user_code: code } = (await home.knock('/test/claim')).body.uma;
    const moved = await bob('POST', `/api/codes/${code}/approve`, {});
    assert.deepEqual([moved.status, moved.body.unconfirmed], [200, []], JSON.stringify(moved.body));
    const refused = (await home.knock('/test/call')).body;
    assert.notEqual(refused.statusCode, 200);
    assert.ok(['denied', 'pending', 'needs-info'].includes(refused.uma.outcome), JSON.stringify(refused));
    assert.equal((await outcome(3)).owner, 'bob');
    assert.deepEqual((await alice('GET', '/api/shares')).body.items, []);
    // And back, so that the next one begins where this did.
    const again = (await home.knock('/test/claim')).body.uma.user_code;
    await alice('POST', `/api/codes/${again}/approve`, {});
    assert.equal((await outcome(4)).owner, 'alice');
  });

  it('retire: nothing of it passes any more; claimed again it has a new key and no share', async () => {
    await home.knock('/test/share');
    await eventually('the thermostat should start the dishwasher', async () => {
      return (await home.knock('/test/call')).body.statusCode === 200;
    });
    const before = (await home.knock('/test/status')).body.uma;
    const { body } = await home.knock('/test/retire');
    assert.equal(body.uma.state, 'retired');
    assert.equal((await home.knock('/test/call')).body.uma.reason, 'device_retired');
    const { user_code: code } = (await home.knock('/test/claim')).body.uma;
    await alice('POST', `/api/codes/${code}/approve`, {});
    assert.equal((await outcome(5)).state, 'active');
    const after = (await home.knock('/test/status')).body.uma;
    assert.notEqual(after.device, before.device);
    assert.notEqual(after.keyThumbprint, before.keyThumbprint);
    assert.deepEqual((await alice('GET', '/api/shares')).body.items, []);
    const listed = (await alice('GET', '/api/devices')).body.items;
    assert.equal(listed.find(({ id }: { id: string }) => id === before.device).state, 'retired');
  });

  it('the claim page answers a plain visit, as need_info’s redirect_user leads there', async () => {
    assert.equal((await answered(await fetch(`${home.issuer}/device`))).status, 200);
  });
});
