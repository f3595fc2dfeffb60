/** The form of the server config node: how it stands, *Test connection*, addresses. */
import { serverName } from '../../lib/node-red/server-name.ts';
import { addressesField, isAddress, readAddresses } from '../editor/addresses-field.ts';
import { ask } from '../editor/ask.ts';
import { checked } from '../editor/checked.ts';
import { current, currentText, showRow, whenChanged } from '../editor/form.ts';
import { validateLive } from '../editor/live-validation.ts';
import { numberProblem } from '../editor/number-field.ts';
import {
  offerOwnPort,
  overheardAtOwnPort,
  proxiesProblem,
  publicAddressProblem,
  showHiddenDoors,
  throughOwnPort,
} from '../editor/own-port-rows.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { serverNodes } from '../editor/server-nodes.ts';
import { endServerState, followServerState } from '../editor/server-state.ts';
import { testButton } from '../editor/test-button.ts';

const builtIn = (node: EditorNode): boolean => currentText(node, 'kind') !== 'built-in-at';

const atHome = (node: EditorNode): boolean => builtIn(node) && currentText(node, 'reach') === 'home';
const notEncrypted = (node: EditorNode): boolean => builtIn(node) && currentText(node, 'reach') === 'not-encrypted';
const fromFiles = (node: EditorNode): boolean => atHome(node) && currentText(node, 'certificateFrom') === 'files';

function show(node: EditorNode): void {
  showRow('built-in', builtIn(node));
  showRow('host', atHome(node) || notEncrypted(node));
  showRow('home', atHome(node));
  showRow('not-encrypted', notEncrypted(node) || overheardAtOwnPort(node));
  showRow('own-port', throughOwnPort(node));
  showHiddenDoors(node);
  showRow('files', fromFiles(node));
  showRow('built-in-at', !builtIn(node));
}

/** Offers the names and addresses that the computer under Node-RED has. */
async function offerNames(): Promise<void> {
  const found = await ask<{ names: string[] }>('own-names');
  const options = (found?.names ?? []).map((name) => {
    const option = document.createElement('option');
    option.value = name;
    return option;
  });
  document.getElementById('uma-own-names')?.replaceChildren(...options);
}

/** Nodes of an older flow have no answers to what was not asked then. */
function fillIn(node: EditorNode): void {
  for (const [property, usual] of [
    ['reach', 'this-computer'],
    ['certificateFrom', 'made'],
  ] as const)
    if (currentText(node, property) === '') $(`#node-config-input-${property}`).val(usual);
}

function prepare(node: EditorNode): void {
  fillIn(node);
  void offerNames();
  void offerOwnPort(node);
  addressesField(node);
  followServerState(node);
  testButton(node);
  whenChanged(node, () => show(node));
  validateLive(node);
}

function save(node: EditorNode): void {
  node.addresses = readAddresses();
  endServerState();
}

function urlProblem(node: EditorNode): true | string {
  if (builtIn(node)) return true;
  const url = currentText(node, 'url');
  if (/^\$\{[^}]+\}$/.test(url)) return true;
  const read = URL.canParse(url) ? new URL(url) : undefined;
  return read && /^https?:$/.test(read.protocol) && read.username === '' && read.search === '' && read.hash === ''
    ? true
    : node._('server.problem.url');
}

function serverKeyProblem(node: EditorNode): true | string {
  const key = currentText(node, 'serverKey').trim();
  return builtIn(node) || key === '' || /^[A-Za-z0-9_-]{43}$/.test(key) ? true : node._('server.problem.server_key');
}

function certificateProblem(node: EditorNode): true | string {
  const digits = currentText(node, 'certificate').replace(/[\s:]/g, '');
  return builtIn(node) || digits === '' || /^[0-9a-f]{64}$/i.test(digits) ? true : node._('server.problem.certificate');
}

/** The server judges it again, and strictly. */
function hostProblem(node: EditorNode): true | string {
  if (!atHome(node) && !notEncrypted(node)) return true;
  const host = currentText(node, 'host');
  const looksRight = /^[^\s/:@?#]+$/.test(host) || /^\[?[0-9a-f:.]+\]?$/i.test(host);
  const own = /^(?:localhost|127\..*|0\.0\.0\.0|\[?::1?\]?)$/i.test(host);
  return looksRight && !own ? true : node._('server.problem.host');
}

function overheardProblem(node: EditorNode): true | string {
  const isOverheard = notEncrypted(node) || overheardAtOwnPort(node);
  return !isOverheard || current(node, 'overheard') === true ? true : node._('server.problem.overheard');
}

function fileProblem(property: string): (node: EditorNode) => true | string {
  return (node) => (fromFiles(node) && currentText(node, property) === '' ? node._('server.problem.file') : true);
}

/** Two servers of these flows under one connection would be one server: the second uses the first. */
function connectionProblem(node: EditorNode): true | string {
  const connection = currentText(node, 'connection');
  if (connection === '') return node._('server.problem.connection');
  let taken = false;
  RED.nodes.eachConfig((other) => {
    if (other.type === node.type && other.id !== node.id && other.connection === connection) taken = true;
    return undefined;
  });
  return taken ? node._('server.problem.connection_taken', { connection }) : true;
}

/** Addresses are kept in a list, not in a field: what is in the list counts while the form is open. */
function addressesProblem(node: EditorNode): true | string {
  const addresses = readAddresses() ?? (Array.isArray(node.addresses) ? node.addresses : []);
  const bad = addresses.find((address) => !isAddress(String(address)));
  return bad === undefined ? true : node._('server.problem.address', { address: bad });
}

publish('uma-authorization-server', {
  prepare,
  save,
  end: endServerState,
  label: (node: EditorNode) => serverName(node, serverNodes(), node._('server.label')),
  check: {
    port: checked((node) => (builtIn(node) ? numberProblem(currentText(node, 'port'), { from: 1, to: 65_535 }) : true)),
    host: checked(hostProblem),
    overheard: checked(overheardProblem),
    certificateFile: checked(fileProblem('certificateFile')),
    keyFile: checked(fileProblem('keyFile')),
    publicAddress: checked(publicAddressProblem),
    proxies: checked(proxiesProblem),
    url: checked(urlProblem),
    certificate: checked(certificateProblem),
    serverKey: checked(serverKeyProblem),
    connection: checked(connectionProblem),
    addresses: checked(addressesProblem),
  },
});
