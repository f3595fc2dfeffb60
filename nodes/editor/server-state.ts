/** How the deployed server stands, asked for as long as its form is open. */
import { ask } from './ask.ts';
import { fingerprintParts } from './fingerprint.ts';
import { currentText, showRow } from './form.ts';
import { make, type Part, redraw } from './make.ts';
import type { EditorNode } from './red.ts';
import { word } from './words.ts';

export interface ServerState {
  phase: string;
  sentence: string;
  userCode?: string;
  fingerprint?: string;
  /** Fingerprint of a certificate that the server made itself. */
  certificate?: string;
  link?: string;
  /** There is a link that makes an owner, for whoever may deploy. */
  hasSetUp?: true;
}

const ASKED_EVERY_MS = 2_000;

interface Holder {
  umaHomeState?: ReturnType<typeof setInterval>;
}

function linkTo(address: string): HTMLElement {
  const link = make('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, word('open_link'));
  return make('div', {}, link);
}

/** The state in words, with what somebody needs to go on. */
export function stateParts({ phase, sentence, userCode, fingerprint, certificate, link }: ServerState): Part[] {
  const parts: Part[] = [sentence];
  if (userCode) {
    const label = word(phase === 'no-owner' ? 'code_for_set_up' : 'code');
    parts.push(make('div', {}, `${label} `, make('strong', {}, userCode)));
  }
  for (const text of [fingerprint, certificate])
    if (text) parts.push(make('div', { className: 'uma-fine' }, ...fingerprintParts(text)));
  if (link && /^https?:\/\//.test(link)) parts.push(linkTo(link));
  return parts;
}

/** How a deployed server stands; undefined where it is not deployed. */
export async function serverState(id: string): Promise<ServerState | undefined> {
  const path = `servers/${encodeURIComponent(id)}`;
  const state = await ask<ServerState>(path);
  return state?.hasSetUp ? { ...state, ...(await ask<Partial<ServerState>>(`${path}/set-up`)) } : state;
}

/** What of a form says which server is meant, and where it is. */
const telling = ['kind', 'reach', 'host', 'publicAddress', 'port', 'url', 'connection'];
/** Of nodes of an older flow, which do not say who must reach the server. */
const usual: Readonly<Record<string, string>> = { reach: 'this-computer' };

/** What is deployed may be another server than what the form, or a form that was closed before, says. */
function isDeployed(node: EditorNode): boolean {
  const same = (property: string): boolean =>
    currentText(node, property) === String(node[property] ?? usual[property] ?? '').trim();
  return node.changed !== true && telling.every(same);
}

async function refresh(node: EditorNode): Promise<void> {
  const state = await serverState(node.id);
  const element = document.getElementById('uma-server-state');
  showRow('state', state !== undefined);
  if (!element || !state) return;
  const before = isDeployed(node) ? [] : [`${word('state_of_deployed')} `];
  redraw(element, [state, before], () => [...before, ...stateParts(state)]);
}

export function endServerState(): void {
  const holder = window as unknown as Holder;
  clearInterval(holder.umaHomeState);
  delete holder.umaHomeState;
}

export function followServerState(node: EditorNode): void {
  endServerState();
  void refresh(node);
  const holder = window as unknown as Holder;
  holder.umaHomeState = setInterval(() => {
    // However the form was closed: without it there is nothing to ask for.
    if (document.getElementById('uma-server-state')) void refresh(node);
    else endServerState();
  }, ASKED_EVERY_MS);
}
