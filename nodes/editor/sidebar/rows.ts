/** The lists of one server: a row each, with what can be done about it. */

import { confirmed } from '../confirm.ts';
import { make, makeButton, type Part } from '../make.ts';
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

function stop({ id, name, state }: Row, { server, done }: Doing): Part[] {
  if (STOPPED.includes(state ?? '')) return [];
  const words = {
    text: say('suspend'),
    name: say('suspend_what', { what: name }),
    key: `stop ${id}`,
    icon: 'fa-pause',
  };
  const button = makeButton(words, async () => {
    const question = {
      title: say('stop_device_title', { what: name }),
      text: say('stop_device_text'),
      yes: say('stop_device_do'),
      no: say('cancel'),
    };
    if (await confirmed(question)) await done(await act(server, ['devices', id, 'suspend']));
  });
  return [button];
}

const DOINGS: Partial<Record<ListName, (row: Row, doing: Doing) => Part[]>> = { requests: answers, devices: stop };

export function makeRow(list: ListName, row: Row, doing: Doing): HTMLLIElement {
  const words = make('span', { className: 'uma-row-words' }, make('span', {}, row.name), ...notes(row));
  const item = make('li', { className: `uma-row-${list}` }, words, ...(DOINGS[list]?.(row, doing) ?? []));
  if (row.state) item.dataset.state = row.state;
  return item;
}
