/** What the story is played with: buttons that are pressed, debug nodes that are heard, sentences that are told. */
import type { EditorLine } from './editor-line.ts';
import type { Owner } from './owner.ts';

/** The buttons and debug nodes of `examples/First steps.json`. */
export const flow = {
  thermostat: { press: 'fs-press-thermostat', heard: 'fs-heard-thermostat' },
  doorbell: { press: 'fs-press-doorbell', heard: 'fs-heard-doorbell' },
  burglar: { press: 'fs-press-burglar', heard: 'fs-heard-burglar' },
  share: { press: 'fs-press-share', heard: 'fs-heard-share' },
  hold: { press: 'fs-press-hold', heard: 'fs-heard-held' },
  revoke: { press: 'fs-press-revoke', heard: 'fs-heard-revoke' },
  released: 'fs-heard-released',
  mistakes: 'fs-heard-error',
} as const;

/** What the example's debug nodes show of a message. */
export interface Shown {
  outcome?: string;
  reason?: string;
  statusCode?: number;
  payload?: { error?: string; started?: boolean };
  step?: string;
  sentence?: string;
  hint?: string;
  message?: string;
  /** When the message reached the debug node, in milliseconds since 1970: the editor's line itself is slower than that. */
  at?: number;
  receipt?: { id?: string; revoked?: object[]; effective?: { localMs: number } };
}

export interface Stage {
  line: EditorLine;
  owner: Owner;
  dishwasherUrl: string;
  tell(sentence: string): void;
}

const patienceMs = 20_000;

/** Rejects with a sentence where it takes too long. */
export async function inTime<T>(what: string, wanted: Promise<T>): Promise<T> {
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

/** The next message of a debug node since `fromMs`; a mistake that a Catch node reports meanwhile ends the waiting. */
export async function hear(
  line: EditorLine,
  what: string,
  { id, fromMs, step }: { id: string; fromMs: number; step?: string },
): Promise<Shown> {
  const fits = (value: unknown): boolean => step === undefined || (value as Shown).step === step;
  const mistake = line.heard(flow.mistakes, undefined, fromMs).then(({ value }): never => {
    throw new Error(`The demo expected that ${what}, but: ${(value as Shown).hint ?? (value as Shown).message}`);
  });
  const { value } = await inTime(what, Promise.race([line.heard(id, fits, fromMs), mistake]));
  return value as Shown;
}

/** Presses a button and takes what its debug node shows next. */
export async function press(
  line: EditorLine,
  button: { press: string; heard: string },
  what: string,
): Promise<{ shown: Shown; tookMs: number }> {
  const pressedAtMs = Date.now();
  const heard = hear(line, what, { id: button.heard, fromMs: performance.now() });
  const [shown] = await Promise.all([heard, line.press(button.press)]);
  return { shown, tookMs: (shown.at ?? Date.now()) - pressedAtMs };
}

/** @throws a sentence that says what was shown instead */
export function expect(what: string, shown: Shown, fits: boolean): void {
  if (fits) return;
  const { statusCode, payload, outcome, reason, sentence } = shown;
  const instead = [statusCode, payload?.error, outcome, reason, sentence].filter((part) => part !== undefined);
  throw new Error(`The demo expected that ${what}, but it got: ${instead.join(', ') || 'nothing'}`);
}

export const ms = (value: number): string =>
  `${Number.isInteger(value) || value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
