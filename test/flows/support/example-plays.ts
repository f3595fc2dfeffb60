/** Each example as its reader plays it: what is pressed, and what has to come of it. */
import assert from 'node:assert/strict';
import * as demoOwner from '../../../demo/owner.ts';
import { inTime } from '../../../demo/stage.ts';
import { playStory } from '../../../demo/story.ts';
import { eventually } from './eventually.ts';
import type { ExampleHome, Heard } from './example-home.ts';
import { owner, signIn } from './flow-home.ts';

export interface ExamplePlay {
  /** The example's file name, without its ending. */
  example: string;
  what: string;
  play(home: ExampleHome): Promise<void>;
}

/**
 * In the order in which they are played. What a revocation of a whole device confirmed may refuse for a second more, so
 * nothing for one message follows it; the panic ends the owner's sessions with all the rest.
 */
export const examplePlays: readonly ExamplePlay[] = [
  { example: 'First steps', what: 'the whole story, as the demo tells it', play: firstSteps },
  { example: 'One-time permission', what: 'one message passes, the next waits for the owner', play: oneTime },
  { example: 'Ask the resource', what: 'a 401 says where to ask, and the same message passes', play: askTheResource },
  { example: 'A guest until Sunday', what: 'has an end, and can be sent home before', play: guestUntilSunday },
  {
    example: 'Approve from the phone',
    what: 'the flow hears of the request, and the owner says yes elsewhere',
    play: approveFromThePhone,
  },
  { example: 'Claim a device with a QR code', what: 'a code, then what the owner said', play: claimADevice },
  { example: 'Panic button', what: 'nothing passes until the owner lets it go on', play: panicButton },
];

async function firstSteps({ line, url, issuer, press }: ExampleHome): Promise<void> {
  const told: string[] = [];
  const alice = await demoOwner.signIn(issuer, owner.name, owner.password);
  await playStory({
    line,
    owner: alice,
    dishwasherUrl: `${url}/dishwasher/start`,
    tell: (sentence) => told.push(sentence),
  });
  assert.match(told.at(-1) ?? '', /^That was the story/);
  assert.equal((await press('fs-press-doorbell', 'fs-heard-doorbell')).outcome, 'pending');
  assert.match((await press('fs-press-requests', 'fs-heard-approved')).sentence ?? '', /Doorbell may start Dishwasher/);
  assert.equal((await press('fs-press-doorbell', 'fs-heard-doorbell')).statusCode, 200);
}

async function askTheResource({ line, issuer, press }: ExampleHome): Promise<void> {
  const saysWhere = async (heard: string): Promise<Heard> => {
    const told = line.heard('ar-heard-told', undefined, performance.now());
    const after = await press('ar-press-ask', heard);
    const { statusCode, as_uri, ticket } = (await inTime('what the lamp says', told)).value as Heard;
    assert.deepEqual([statusCode, as_uri, ticket], [401, issuer, true], 'G 3.2.1');
    return after;
  };
  assert.match((await press('ar-press-share', 'ar-heard-share')).sentence ?? '', /Thermostat may turn on Lamp/);
  const { statusCode, payload } = await saysWhere('ar-heard-ask');
  assert.deepEqual([statusCode, payload], [200, { on: true }]);
  assert.equal((await press('ar-press-revoke', 'ar-heard-revoke')).receipt?.revoked?.length, 1);
  assert.equal((await saysWhere('ar-heard-not-yet')).outcome, 'pending');
}

async function oneTime({ press }: ExampleHome): Promise<void> {
  assert.match((await press('ot-press-share', 'ot-heard-share')).sentence ?? '', /Thermostat may turn on Lamp/);
  assert.equal((await press('ot-press-ask', 'ot-heard-ask')).statusCode, 200);
  assert.notEqual((await press('ot-press-ask', 'ot-heard-ask')).statusCode, 200);
}

async function guestUntilSunday({ press }: ExampleHome): Promise<void> {
  const shared = await press('gs-press-share', 'gs-heard-share');
  assert.match(shared.sentence ?? '', /^Guest's phone may turn on Lamp until Sunday 20:00/);
  assert.equal((await press('gs-press-ask', 'gs-heard-ask')).statusCode, 200);
  const { receipt } = await press('gs-press-revoke', 'gs-heard-revoke');
  assert.equal(receipt?.revoked?.length, 1);
  assert.notEqual((await press('gs-press-ask', 'gs-heard-ask')).statusCode, 200);
}

async function approveFromThePhone({ line, ownerCall, press }: ExampleHome): Promise<void> {
  const fits = (value: unknown) => /^Doorbell asks to turn on Lamp/.test((value as Heard).sentence ?? '');
  const told = line.heard('ph-heard-request', fits, performance.now());
  assert.equal((await press('ph-press-ask', 'ph-heard-ask')).outcome, 'pending');
  const { id } = (await inTime('the request', told)).value as { id: string };
  assert.equal((await ownerCall('POST', `/api/requests/${id}/approve`, {})).status, 201);
  await eventually('the doorbell should be let through', async () => {
    return (await press('ph-press-ask', 'ph-heard-ask')).statusCode === 200;
  });
}

async function claimADevice({ line, ownerCall, press }: ExampleHome): Promise<void> {
  const shown = await press('cl-press-claim', 'cl-heard-claim');
  assert.match(shown.code ?? '', /^[A-Z]{4}-[A-Z]{4}$/);
  assert.ok(shown.link?.includes(shown.code ?? 'none'));
  const answer = line.heard('cl-heard-claim', (value) => (value as Heard).outcome !== undefined, performance.now());
  assert.equal((await ownerCall('POST', `/api/codes/${shown.code}/approve`, {})).status, 200);
  assert.equal(((await inTime('the answer', answer)).value as Heard).outcome, 'claimed');
  const status = await press('cl-press-status', 'cl-heard-status');
  assert.deepEqual([status.state, status.owner], ['active', owner.name]);
}

async function panicButton({ issuer, press }: ExampleHome): Promise<void> {
  await press('pa-press-share', 'pa-heard-share');
  assert.equal((await press('pa-press-ask', 'pa-heard-ask')).statusCode, 200);
  assert.match((await press('pa-press-panic', 'pa-heard-panic')).sentence ?? '', /^Everything is stopped/);
  assert.notEqual((await press('pa-press-ask', 'pa-heard-ask')).statusCode, 200);
  // Every session ended with the rest.
  const again = await signIn(issuer);
  assert.equal((await again('DELETE', '/api/panic', { password: owner.password })).status, 200);
  await eventually('it should pass again', async () => {
    return (await press('pa-press-ask', 'pa-heard-ask')).statusCode === 200;
  });
}
