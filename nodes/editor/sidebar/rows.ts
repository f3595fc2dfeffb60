/** The lists of one server: a row each, with what can be done about it. */

import { confirmed, type Question } from '../confirm.ts';
import { type ButtonWords, make, makeButton, type Part } from '../make.ts';
import { act, type ListName, type Row } from './asked.ts';
import { say } from './say.ts';

/** What a row's buttons need: which server, and somebody to tell what came of it. */
export interface Doing {
  server: string;
  /** Without a login a yes is said on the owner's page only. */
  mayAllow(): boolean;
  done(sentence: string): Promise<void>;
}

const LIMITS = ['always', 'once', 'hour', 'day', 'week'];
const STOPPED = ['quarantined', 'retired'];

function notes({ notes: words, since }: Row): Part[] {
  const asked = since === undefined ? [] : [say('since', { since: new Date(since * 1000).toLocaleString() })];
  const text = [...words, ...asked].join(' · ');
  return text === '' ? [] : [make('small', {}, text)];
}

function howLong({ id, name }: Row): HTMLSelectElement {
  const select = make('select', {}, ...LIMITS.map((limit) => make('option', { value: limit }, say(limit))));
  select.setAttribute('aria-label', `${say('for_how_long')} ${name}`);
  select.dataset.key = `limit ${id}`;
  return select;
}

function answers(row: Row, { server, mayAllow, done }: Doing): Part[] {
  const { id, name } = row;
  const limit = howLong(row);
  const answer = async (word: 'approve' | 'deny'): Promise<void> =>
    done(await act(server, ['requests', id, word], word === 'approve' ? { limit: limit.value } : {}));
  const yes = makeButton({ text: say('yes'), name: say('yes_to', { what: name }), key: `yes ${id}` }, () =>
    answer('approve'),
  );
  const no = makeButton({ text: say('no'), name: say('no_to', { what: name }), key: `no ${id}` }, () => answer('deny'));
  return [make('div', { className: 'uma-answers' }, ...(mayAllow() ? [yes, limit] : []), no)];
}

type End = () => Promise<void>;

/** A button that ends something after one question. */
function ending(button: ButtonWords, question: Omit<Question, 'no'>, end: End): Part[] {
  const press = async (): Promise<void> => {
    if (await confirmed({ ...question, no: say('cancel') })) await end();
  };
  return [makeButton(button, press)];
}

function stop({ id, name: what, state }: Row, { server, done }: Doing): Part[] {
  if (STOPPED.includes(state ?? '')) return [];
  return ending(
    { text: say('suspend'), name: say('suspend_what', { what }), key: `stop ${id}`, icon: 'fa-pause' },
    { title: say('stop_device_title', { what }), text: say('stop_device_text'), yes: say('stop_device_do') },
    async () => done(await act(server, ['devices', id, 'suspend'])),
  );
}

function takeBack({ id, name: what }: Row, { server, done }: Doing): Part[] {
  return ending(
    { text: say('take_back'), name: say('take_back_what', { what }), key: `end ${id}`, icon: 'fa-undo' },
    { title: say('take_back_title'), text: say('take_back_text', { what }), yes: say('take_back_do') },
    async () => done(await act(server, ['shares', id, 'revoke'])),
  );
}

const DOINGS: Partial<Record<ListName, (row: Row, doing: Doing) => Part[]>> = {
  requests: answers,
  shares: takeBack,
  devices: stop,
};

export function makeRow(list: ListName, row: Row, doing: Doing): HTMLLIElement {
  const words = make('span', { className: 'uma-row-words' }, make('span', {}, row.name), ...notes(row));
  const item = make('li', { className: `uma-row-${list}` }, words, ...(DOINGS[list]?.(row, doing) ?? []));
  if (row.state) item.dataset.state = row.state;
  return item;
}
