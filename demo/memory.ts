/** A later start: nothing is played again, but what was remembered is told, and shown to hold. */
import { flow, press, type Shown, type Stage } from './stage.ts';

interface Named {
  name: string;
}

interface Home {
  owner: string;
  panic: { active: boolean; since?: number };
}

const count = (number: number, one: string, more = `${one}s`): string => `${number} ${number === 1 ? one : more}`;

function named(items: Named[]): string {
  return items.length === 0 ? '' : ` (${items.map(({ name }) => name).join(', ')})`;
}

/** Says what an owner finds again. */
async function tellWhatIsThere({ owner, tell }: Stage, { owner: name }: Home): Promise<void> {
  const items = async <T>(path: string): Promise<T[]> =>
    (await owner.get<{ items: T[] }>(`/api/${path}?limit=500`)).items;
  const devices = await items<Named>('devices');
  const resources = await items<Named>('resources');
  const shares = await items<object>('shares');
  const ended = (await items<{ what: string }>('history')).filter(({ what }) => what === 'share_ended');
  const requests = await items<object>('requests');
  const receipts = await items<object>('receipts');
  const parts = [
    `the owner "${name}"`,
    count(devices.length, 'device') + named(devices),
    count(resources.length, 'resource') + named(resources),
    ...(shares.length > 0 ? [`${count(shares.length, 'share')} in force`] : []),
    `${count(ended.length, 'share')} ended`,
    `${count(requests.length, 'request')} waiting`,
    count(receipts.length, 'receipt'),
  ];
  tell(`Remembered: ${parts.join(', ')}.`);
}

function outcomeOf({ outcome, reason, statusCode, payload }: Shown): string {
  if (outcome === 'pending') return 'it still waits for its owner';
  if (payload?.started === true) return 'its share still holds, and the dishwasher started';
  return `refused (${[statusCode, payload?.error ?? reason ?? outcome].filter(Boolean).join(', ')})`;
}

/** Asks once in the thermostat's name and tells what became of it. */
export async function askOnce({ line, tell }: Stage): Promise<void> {
  const { shown } = await press(line, flow.thermostat, 'the thermostat is answered');
  tell(`The thermostat asks: ${outcomeOf(shown)}.`);
}

export async function homeOf({ owner }: Pick<Stage, 'owner'>): Promise<Home> {
  return owner.get<Home>('/api/home');
}

export async function showMemory(stage: Stage): Promise<void> {
  await tellWhatIsThere(stage, await homeOf(stage));
  await askOnce(stage);
}
