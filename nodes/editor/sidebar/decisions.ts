/** What the checks decided, while it happens. */
import { make, makeIcon, redraw } from '../make.ts';
import { say } from './say.ts';

interface Told {
  at: number;
  allowed: boolean;
  times: number;
  words: Record<string, { sentence: string; why?: string }>;
}

/** In the language of this editor, else in English. */
function spoken({ words }: Told): { sentence: string; why?: string } {
  const [language = ''] = RED.i18n.lang().split('-');
  return words[language] ?? words.en ?? { sentence: '' };
}

function row(told: Told): HTMLLIElement {
  const { at, allowed, times } = told;
  const { sentence, why } = spoken(told);
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
