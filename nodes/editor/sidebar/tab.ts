/** The tab itself: a part for each server node, asked anew while somebody looks. */
import { serverName } from '../../../lib/node-red/server-name.ts';
import { make, redraw } from '../make.ts';
import type { EditorNode } from '../red.ts';
import { serverNodes } from '../server-nodes.ts';
import { drawDecisions } from './decisions.ts';
import { createHome, type Home } from './home.ts';
import { say } from './say.ts';
import { addSidebarStyles } from './styles.ts';

const ASKED_EVERY_MS = 4_000;
/** What seldom changes is asked for every so many times. */
const ALL_EVERY = 4;
/** Long enough to be read and heard; what came of something an hour ago is no news. */
const SAID_FOR_MS = 20_000;
const TOPICS = 'uma-home/decisions/#';

interface Frame {
  tab: HTMLElement;
  nobody: HTMLElement;
  homes: HTMLElement;
  announce(sentence: string): void;
}

function makeFrame(): Frame {
  const said = make('p', { className: 'uma-said' });
  // Read out when it changes, and seen by everybody.
  said.setAttribute('role', 'status');
  const nobody = make('p', { className: 'uma-nobody' }, say('no_server'));
  const homes = make('div');
  const tab = make('div', { className: 'uma-sidebar' }, said, nobody, homes);
  let silence: ReturnType<typeof setTimeout> | undefined;
  const announce = (sentence: string): void => {
    said.replaceChildren(sentence);
    clearTimeout(silence);
    silence = setTimeout(() => said.replaceChildren(), SAID_FOR_MS);
  };
  return { tab, nobody, homes, announce };
}

/** Adds the tab. Call once, when the editor adds the plugin. */
export function addSidebar(): void {
  addSidebarStyles();
  const { tab, nobody, homes: place, announce } = makeFrame();
  const homes = new Map<string, Home>();
  const decided = new Map<string, unknown>();
  let asked = 0;

  function keepHomes(nodes: EditorNode[]): void {
    for (const { id } of nodes) if (!homes.has(id)) homes.set(id, createHome(id, announce));
    for (const id of [...homes.keys()]) if (!nodes.some((node) => node.id === id)) homes.delete(id);
    nobody.hidden = nodes.length > 0;
    redraw(place, [...homes.keys()], () => [...homes.values()].map(({ element }) => element));
  }

  function drawAllDecisions(): void {
    for (const home of homes.values()) drawDecisions(home.decisions, decided.get(home.topic() ?? ''));
  }

  async function refresh(all: boolean): Promise<void> {
    const nodes = serverNodes();
    keepHomes(nodes);
    await Promise.all(nodes.map((node) => homes.get(node.id)?.refresh(serverName(node, nodes, say('server')), all)));
    drawAllDecisions();
  }

  const isSeen = (): boolean => tab.offsetParent !== null && !document.hidden;
  RED.comms.subscribe(TOPICS, (topic, told) => {
    decided.set(topic, told);
    if (isSeen()) drawAllDecisions();
  });
  RED.sidebar.addTab({
    id: 'uma-permissions',
    label: say('title'),
    name: say('title'),
    iconClass: 'fa fa-shield',
    content: $(tab),
    enableOnEdit: true,
    onchange: () => void refresh(true),
  });
  for (const event of ['flows:loaded', 'deploy']) RED.events.on(event, () => void (isSeen() && refresh(true)));
  setInterval(() => {
    if (!isSeen()) return;
    asked += 1;
    void refresh(asked % ALL_EVERY === 0);
  }, ASKED_EVERY_MS);
}
