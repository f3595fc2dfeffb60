/** The rows for a server that is reached through Node-RED's own port: offered only where devices get through there. */
import { hiddenDoors, OWN_PATH } from '../../lib/node-red/own-port-targets.ts';
import { ask } from './ask.ts';
import { current, currentText } from './form.ts';
import type { EditorNode } from './red.ts';

export const throughOwnPort = (node: EditorNode): boolean =>
  currentText(node, 'kind') !== 'built-in-at' && currentText(node, 'reach') === 'own-port';

/** What is typed, with or without the path that the server has there. */
function readAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.origin + url.pathname === url.href ? url : undefined;
}

const isLoopback = (host: string): boolean => /^(?:localhost|127\..*|\[::1\])$/.test(host);

/** Whether everybody on the way could read along. */
export function overheardAtOwnPort(node: EditorNode): boolean {
  const url = throughOwnPort(node) ? readAddress(currentText(node, 'publicAddress')) : undefined;
  return url?.protocol === 'http:' && !isLoopback(url.hostname);
}

/** The server judges it again, and strictly. */
export function publicAddressProblem(node: EditorNode): true | string {
  if (!throughOwnPort(node)) return true;
  return readAddress(currentText(node, 'publicAddress')) ? true : node._('server.problem.public_address');
}

export function proxiesProblem(node: EditorNode): true | string {
  if (!throughOwnPort(node)) return true;
  const listed = String(current(node, 'proxies') ?? '').split(/[\s,]+/);
  const bad = listed.find((one) => one !== '' && !/^[0-9a-f.:]+(?:\/\d{1,3})?$/i.test(one));
  return bad === undefined ? true : node._('server.problem.proxies', { proxy: bad });
}

/** What flows serve where the server would answer first. A deploy looks again, and knows what a proxy takes off. */
export function showHiddenDoors(node: EditorNode): void {
  const warning = document.getElementById('uma-hidden-doors');
  if (!warning) return;
  const doors = RED.nodes.filterNodes({ type: 'http in' });
  RED.nodes.eachConfig((config) => void doors.push(config));
  const issuer = new URL(OWN_PATH, window.location.origin).href;
  const hidden = throughOwnPort(node) ? hiddenDoors(doors, String(RED.settings.httpNodeRoot || '/'), issuer) : [];
  warning.textContent = node._('server.hidden_doors', { doors: hidden.join(', ') });
  warning.hidden = hidden.length === 0;
}

/** Where this very page is, Node-RED's root for flows is, too; behind a proxy of the editor's own it may be another. */
function proposeOwn(node: EditorNode): void {
  const button = document.getElementById('uma-use-address');
  if (!(button instanceof HTMLButtonElement)) return;
  const root = String(RED.settings.httpNodeRoot ?? '/').replace(/\/+$/, '');
  const address = window.location.origin + root;
  button.textContent = node._('server.use_address', { address });
  button.hidden = currentText(node, 'publicAddress') !== '';
  button.addEventListener('click', () => {
    $('#node-config-input-publicAddress').val(address).trigger('change');
    button.hidden = true;
  });
}

export async function offerOwnPort(node: EditorNode): Promise<void> {
  const option = document.querySelector<HTMLOptionElement>('#node-config-input-reach option[value="own-port"]');
  const problem = document.getElementById('uma-own-port-problem');
  if (!option || !problem) return;
  // What was chosen is shown, whatever has become of it since.
  option.hidden = node.reach !== 'own-port';
  proposeOwn(node);
  const found = await ask<{ path?: string; hint?: string }>('own-port');
  if (found?.path !== undefined) option.hidden = false;
  problem.textContent = found?.hint ?? '';
  problem.hidden = found?.hint === undefined;
}
