/** The story that `npm start` plays: what each button of the example does, told in sentences with the time it took. */
import type { EditorLine } from './editor-line.ts';
import type { Owner } from './owner.ts';

/** The buttons and debug nodes of `examples/First steps.json`. */
const flow = {
  thermostat: { press: 'fs-press-thermostat', heard: 'fs-heard-thermostat' },
  doorbell: { press: 'fs-press-doorbell', heard: 'fs-heard-doorbell' },
  burglar: { press: 'fs-press-burglar', heard: 'fs-heard-burglar' },
  share: { press: 'fs-press-share', heard: 'fs-heard-share' },
  hold: { press: 'fs-press-hold', held: 'fs-heard-held', heard: 'fs-heard-released' },
  revoke: { press: 'fs-press-revoke', heard: 'fs-heard-revoke' },
} as const;

/** What the example's debug nodes show of a message. */
interface Shown {
  outcome?: string;
  reason?: string;
  statusCode?: number;
  payload?: { error?: string; started?: boolean };
  step?: string;
  receipt?: { revoked?: object[]; effective?: { localMs: number }; at?: number };
}

const patienceMs = 20_000;

async function withPatience<T>(what: string, wanted: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The demo waited in vain: ${what}.`)), patienceMs);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Presses a button and waits for what its debug node shows. */
async function press(
  line: EditorLine,
  button: { press: string; heard: string },
  test: (shown: Shown) => boolean,
  what: string,
): Promise<{ shown: Shown; tookMs: number }> {
  const from = performance.now();
  const heard = line.heard(button.heard, (value) => test(value as Shown), from);
  await line.press(button.press);
  const { value, atMs } = await withPatience(what, heard);
  return { shown: value as Shown, tookMs: atMs - from };
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export interface Stage {
  line: EditorLine;
  owner: Owner;
  dishwasherUrl: string;
  tell(sentence: string): void;
}

async function strangerIsRefused({ dishwasherUrl, tell }: Stage): Promise<void> {
  const response = await fetch(dishwasherUrl, { method: 'POST' });
  const scheme = response.headers.get('www-authenticate')?.split(' ')[0];
  if (response.status !== 401 || scheme !== 'UMA') throw new Error(`A stranger was answered with ${response.status}.`);
  tell('A stranger asks the dishwasher to start: refused (401), and told where to ask for permission.');
}

async function thermostatIsAllowed({ line, tell }: Stage): Promise<void> {
  const waits = await press(
    line,
    flow.thermostat,
    ({ outcome }) => outcome === 'pending',
    'the thermostat should wait for its owner',
  );
  tell(`The thermostat asks: waiting for its owner (${ms(waits.tookMs)}).`);
  await press(line, flow.share, ({ step }) => step === 'shared', 'the share should be granted');
  tell('The owner shares: Thermostat may start Dishwasher.');
  const started = await press(
    line,
    flow.thermostat,
    ({ statusCode, payload }) => statusCode === 200 && payload?.started === true,
    'the dishwasher should start',
  );
  tell(`The thermostat asks again, with a token bound to its key: the dishwasher started (${ms(started.tookMs)}).`);
}

async function othersAreNot({ line, tell }: Stage): Promise<void> {
  await press(line, flow.doorbell, ({ outcome }) => outcome === 'pending', 'the doorbell should wait');
  tell('The doorbell asks too: nobody shared with it, so it waits.');
  const from = performance.now();
  const wrongKey = line.heard(flow.burglar.heard, (value) => (value as Shown).step === 'own key', from);
  const replayed = line.heard(flow.burglar.heard, (value) => (value as Shown).step === 'replay', from);
  await line.press(flow.burglar.press);
  const first = (await withPatience('the burglar should be refused', wrongKey)).value as Shown;
  const second = (await withPatience('the replay should be refused', replayed)).value as Shown;
  for (const shown of [first, second])
    if (shown.statusCode !== 401) throw new Error(`The burglar was answered with ${shown.statusCode}.`);
  tell("A burglar overheard the thermostat's token and proves it with a key of his own: refused (401).");
  tell("He sends the thermostat's own proof a second time: refused (401).");
}

/** A message made before the revocation is held back and let go by the receipt: that is the time that counts. */
async function revocationEndsIt({ line, owner, tell }: Stage): Promise<void> {
  await press(line, { press: flow.hold.press, heard: flow.hold.held }, () => true, 'a message should be held back');
  tell('A message of the thermostat is made and held back.');
  const from = performance.now();
  const released = line.heard(flow.hold.heard, () => true, from);
  const { shown } = await press(
    line,
    flow.revoke,
    ({ receipt }) => receipt !== undefined,
    'the revocation should be answered',
  );
  const refused = await withPatience('the held message should be refused', released);
  const { statusCode, payload } = refused.value as Shown;
  if (statusCode !== 401 || payload?.error === undefined)
    throw new Error(`The held message was answered with ${statusCode}.`);
  const localMs = shown.receipt?.effective?.localMs ?? 0;
  tell(
    `The owner revokes. The held message is refused ${ms(refused.atMs - from)} after the call (here it took effect within ${ms(localMs)}).`,
  );
  const history = await owner.get<{ items: object[] }>('/api/history');
  tell(`The owner's history has ${history.items.length} entries.`);
}

/** Plays everything once. Rejects with a sentence when anything goes another way. */
export async function playStory(stage: Stage): Promise<void> {
  await strangerIsRefused(stage);
  await thermostatIsAllowed(stage);
  await othersAreNot(stage);
  await revocationEndsIt(stage);
}

/** A later start: nothing is played again, but what was remembered is shown to hold. */
export async function showMemory({ line, owner, tell }: Stage): Promise<void> {
  const devices = await owner.get<{ items: object[] }>('/api/devices');
  const shares = await owner.get<{ items: object[] }>('/api/shares');
  const receipts = await owner.get<{ items: object[] }>('/api/receipts');
  tell(
    `Remembered: ${devices.items.length} devices, ${shares.items.length} shares, ${receipts.items.length} receipts.`,
  );
  if (shares.items.length > 0) return;
  await press(
    line,
    flow.thermostat,
    ({ outcome }) => outcome === 'pending' || outcome === 'denied',
    'the thermostat should still wait',
  );
  tell('The thermostat asks: it still waits for its owner.');
}
