/** What the checks decided, while it happens. */
import { make, makeIcon, redraw } from './make.ts';
import { say } from './say.ts';

interface Told {
  at: number;
  allowed: boolean;
  sentence: string;
  why?: string;
  times: number;
}

function row({ at, allowed, sentence, why, times }: Told): HTMLLIElement {
  const verdict = make('span', { className: 'uma-hidden-words' }, `${say(allowed ? 'allowed' : 'refused')}: `);
  const time = make('time', { dateTime: new Date(at).toISOString() }, new Date(at).toLocaleTimeString());
  const notes = make('small', {}, time, times > 1 ? ` · ${say('times', { times })}` : '', why ? ` · ${why}` : '');
  const words = make('span', { className: 'uma-row-words' }, verdict, sentence, notes);
  const icon = makeIcon(allowed ? 'fa-check' : 'fa-times');
  return make('li', { className: allowed ? 'uma-allowed' : 'uma-refused' }, icon, words);
}

/** What arrives over the editor's connection is drawn as it is told: the newest first, each at most once. */
export function drawDecisions(list: HTMLElement, told: unknown): void {
  const decided = Array.isArray(told) ? (told as Told[]) : [];
  redraw(list, decided, () => decided.map(row));
}
