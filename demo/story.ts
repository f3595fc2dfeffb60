/** The story that `npm start` plays: what each button of the example does, told in sentences with the time it took. */
import { setTimeout } from 'node:timers/promises';
import { expect, flow, hear, inTime, ms, press, type Shown, type Stage } from './stage.ts';

interface Listed {
  items: { id: string; partyName: string; resourceName: string }[];
}

/** What an earlier telling left shared would spoil the beginning; what the visitor shared stays. */
async function clearStage({ owner, tell }: Stage): Promise<void> {
  const { items } = await owner.get<Listed>('/api/shares?limit=500');
  const earlier = items.filter(
    ({ partyName, resourceName }) => ['Thermostat', 'Doorbell'].includes(partyName) && resourceName === 'Dishwasher',
  );
  for (const { id } of earlier) await owner.withdraw(id);
  if (earlier.length > 0) tell(`The owner first takes back what was shared before (${earlier.length}).`);
}

/** The dishwasher's flow runs a moment before its resource is registered: until then it refuses without a ticket. */
async function strangerIsRefused({ dishwasherUrl, tell }: Stage): Promise<void> {
  const what = 'a stranger is refused and told where to ask';
  const askUntilTold = async (): Promise<void> => {
    for (;;) {
      const { status, headers } = await fetch(dishwasherUrl, { method: 'POST' });
      if (status === 401 && headers.get('www-authenticate')?.startsWith('UMA ')) return;
      if (status !== 403) expect(what, { statusCode: status }, false);
      await setTimeout(50);
    }
  };
  await inTime(what, askUntilTold());
  tell('A stranger asks the dishwasher to start: refused (401), with a ticket and the address to ask at.');
}

async function thermostatIsAllowed({ line, tell }: Stage): Promise<void> {
  const waiting = 'the thermostat waits for its owner';
  const waits = await press(line, flow.thermostat, waiting);
  expect(waiting, waits.shown, waits.shown.outcome === 'pending');
  tell(`The thermostat asks: it waits for its owner (${ms(waits.tookMs)}).`);
  const { shown } = await press(line, flow.share, 'the owner shares');
  tell(`The owner shares: ${shown.sentence}.`);
  const starting = 'the dishwasher starts';
  const started = await press(line, flow.thermostat, starting);
  expect(starting, started.shown, started.shown.statusCode === 200 && started.shown.payload?.started === true);
  tell(`The thermostat asks again, with a token bound to its key: the dishwasher started (${ms(started.tookMs)}).`);
}

function refusedAs(shown: Shown, what: string, error: string): string {
  expect(what, shown, shown.statusCode === 401 && shown.payload?.error === error);
  return `refused (401, ${error})`;
}

async function othersAreNot({ line, tell }: Stage): Promise<void> {
  const waiting = 'the doorbell waits';
  const { shown } = await press(line, flow.doorbell, waiting);
  expect(waiting, shown, shown.outcome === 'pending');
  tell('The doorbell asks too: nobody shared with it, so it waits.');
  const fromMs = performance.now();
  const hearStep = (what: string, step: string) => hear(line, what, { id: flow.burglar.heard, fromMs, step });
  const wrongKey = 'the burglar is refused';
  const replay = 'the replay is refused';
  const [first, second] = await Promise.all([
    hearStep(wrongKey, 'own key'),
    hearStep(replay, 'replay'),
    line.press(flow.burglar.press),
  ]);
  const withHisKey = refusedAs(first, wrongKey, 'wrong_key');
  tell(`A burglar overheard the thermostat's token and proves it with a key of his own: ${withHisKey}.`);
  const again = refusedAs(second, replay, 'proof_replayed');
  tell(`He sends the thermostat's own proof a second time: ${again}.`);
}

/** A message made before the revocation is held back and let go by the receipt: that is the time that counts. */
async function revocationEndsIt({ line, tell }: Stage): Promise<void> {
  await press(line, flow.hold, 'a message is held back');
  tell('A message of the thermostat is made, with token and proof, and held back.');
  const refusing = 'the held message is refused';
  const [fromMs, pressedAtMs] = [performance.now(), Date.now()];
  const [released, { shown }] = await Promise.all([
    hear(line, refusing, { id: flow.released, fromMs }),
    press(line, flow.revoke, 'revoke gives a receipt'),
  ]);
  const how = refusedAs(released, refusing, 'revoked');
  expect('it says so in words', released, released.sentence === 'The permission was taken back.');
  const localMs = shown.receipt?.effective?.localMs ?? 0;
  tell(
    `The owner revokes. The held message is ${how} ${ms((released.at ?? Date.now()) - pressedAtMs)} after the call of revoke; by its receipt it took effect here within ${ms(localMs)}.`,
  );
}

/** Plays everything once. Rejects with a sentence when anything goes another way. */
export async function playStory(stage: Stage): Promise<void> {
  const fromMs = performance.now();
  await clearStage(stage);
  await strangerIsRefused(stage);
  await thermostatIsAllowed(stage);
  await othersAreNot(stage);
  await revocationEndsIt(stage);
  const { items } = await stage.owner.get<{ items: object[] }>('/api/history?limit=500');
  const tookSeconds = ((performance.now() - fromMs) / 1000).toFixed(1);
  stage.tell(`That was the story, in ${tookSeconds} s. The owner's history has ${items.length} entries.`);
}
