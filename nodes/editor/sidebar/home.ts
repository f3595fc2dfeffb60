/** One server in the sidebar: how it stands, who asks, who may, what there is, what is decided. */

import { confirmed } from '../confirm.ts';
import { make, makeButton, redraw } from '../make.ts';
import { type ServerState, serverState, stateParts } from '../server-state.ts';
import { type About, act, askAbout, askList, type Listed, type ListName } from './asked.ts';
import { type Doing, makeRow } from './rows.ts';
import { say } from './say.ts';

/** Those that need an answer come first. */
const LISTS: ListName[] = ['requests', 'shares', 'devices', 'resources'];

export interface Home {
  element: HTMLElement;
  /** Where its decisions are drawn. */
  decisions: HTMLElement;
  /** Where its decisions are heard of, once that is known. */
  topic(): string | undefined;
  /** Asks anew. `all`: also what seldom changes. */
  refresh(name: string, all: boolean): Promise<void>;
}

interface Shown {
  heading: HTMLElement;
  state: HTMLElement;
  ways: HTMLElement;
  lists: Record<ListName, HTMLElement>;
  decisions: HTMLElement;
}

/** A list says itself that it is empty; the focus may rest on it. */
function makeList(name: string): HTMLElement {
  const list = make('ul', { tabIndex: -1, className: 'uma-listed' });
  list.setAttribute('aria-label', say(name));
  list.dataset.none = say(`no_${name}`);
  return list;
}

function makeParts(): Shown {
  return {
    heading: make('h2'),
    state: make('div', { className: 'uma-state' }),
    ways: make('div', { className: 'uma-ways' }),
    lists: Object.fromEntries(LISTS.map((name) => [name, makeList(name)])) as Shown['lists'],
    decisions: makeList('decisions'),
  };
}

/** @param stopped - everything is stopped already */
function drawWays(ways: HTMLElement, about: About | undefined, name: string, stopped: boolean, doing: Doing): void {
  redraw(ways, [about, name, stopped], () => {
    if (!about) return [];
    const question = {
      title: say('stop_all_title', { what: name }),
      text: say('stop_all_text'),
      yes: say('stop_all_do'),
      no: say('cancel'),
    };
    const stop = makeButton(
      { text: say('stop_everything'), name: `${say('stop_everything')}: ${name}`, key: 'stop', icon: 'fa-ban' },
      async () => {
        if (await confirmed(question)) await doing.done(await act(doing.server, ['stop']));
      },
    );
    const ends = stopped ? [] : [stop];
    const note = about.login ? [] : [make('small', {}, say('no_login'))];
    if (!about.link || !/^https?:\/\//.test(about.link)) return [...ends, ...note];
    const link = make('a', { href: about.link, target: '_blank', rel: 'noopener noreferrer' }, say('owner_page'));
    link.title = say('opens_new');
    link.dataset.key = 'owner-page';
    return [link, ...ends, ...note];
  });
}

function drawState(part: HTMLElement, state: ServerState | undefined): void {
  redraw(part, state ?? null, () => (state ? stateParts(state) : [say('not_deployed')]));
}

/** @param widen - reads one page more */
function drawList(part: HTMLElement, name: ListName, found: Listed | undefined, doing: Doing, widen: () => void): void {
  redraw(part, [found ?? null, doing.mayAllow()], () => {
    const rows = (found?.items ?? []).map((row) => makeRow(name, row, doing));
    if (found?.hint) rows.push(make('li', { className: 'uma-hint' }, found.hint));
    if (found?.next !== undefined) {
      const words = { text: say('more'), name: say('more_what', { what: say(name) }), key: 'more' };
      rows.push(
        make(
          'li',
          {},
          makeButton(words, async () => widen()),
        ),
      );
    }
    return rows;
  });
}

/** @param announce - tells those who do not see the screen what came of something */
export function createHome(server: string, announce: (sentence: string) => void): Home {
  const parts = makeParts();
  const pages: Record<ListName, number> = { requests: 1, shares: 1, devices: 1, resources: 1 };
  let about: About | undefined;
  let named = '';
  let waiting: number | undefined;
  let stood: string | undefined;

  const doing: Doing = {
    server,
    mayAllow: () => about?.login === true,
    done: async (sentence) => {
      announce(sentence);
      await refresh(named, true);
    },
  };

  async function refreshList(name: ListName): Promise<void> {
    const found = await askList(server, name, pages[name]);
    const widen = (): void => {
      pages[name] += 1;
      void refreshList(name);
    };
    drawList(parts.lists[name], name, found, doing, widen);
    if (name === 'requests' && found) tellOfRequests(found.items.length);
  }

  function tellOfRequests(count: number): void {
    if (waiting !== undefined && count > waiting)
      announce(count === 1 ? say('one_waits') : say('many_wait', { count }));
    waiting = count;
  }

  async function refresh(name: string, all: boolean): Promise<void> {
    named = name;
    parts.heading.textContent = name;
    const [state, found] = await Promise.all([serverState(server), askAbout(server)]);
    about = found;
    // Once a server stands otherwise, what could not be seen may be.
    const turned = stood !== JSON.stringify(state);
    stood = JSON.stringify(state);
    drawState(parts.state, state);
    drawWays(parts.ways, about, name, state?.phase === 'stopped', doing);
    element.classList.toggle('uma-not-deployed', found === undefined);
    if (found) await Promise.all((all || turned ? LISTS : (['requests'] as const)).map(refreshList));
  }

  const element = make('section', { className: 'uma-home' }, parts.heading, parts.state, parts.ways);
  for (const name of LISTS) element.append(make('h3', {}, say(name)), parts.lists[name]);
  element.append(make('h3', {}, say('decisions')), parts.decisions);
  return { element, decisions: parts.decisions, topic: () => about?.topic, refresh };
}
