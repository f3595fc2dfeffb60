/** The form of the server config node: how it stands, *Test connection*, addresses. */
import { addressesField, isAddress, readAddresses } from '../editor/addresses-field.ts';
import { checked } from '../editor/checked.ts';
import { currentText, showRow, whenChanged } from '../editor/form.ts';
import { validateLive } from '../editor/live-validation.ts';
import { numberProblem } from '../editor/number-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { endServerState, followServerState } from '../editor/server-state.ts';
import { testButton } from '../editor/test-button.ts';

const builtIn = (node: EditorNode): boolean => currentText(node, 'kind') !== 'built-in-at';

function show(node: EditorNode): void {
  showRow('built-in', builtIn(node));
  showRow('built-in-at', !builtIn(node));
}

function prepare(node: EditorNode): void {
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

function label(node: EditorNode): string {
  const { name, kind, url } = node;
  if (typeof name === 'string' && name.trim() !== '') return name;
  return kind === 'built-in-at' && typeof url === 'string' && url !== '' ? url : node._('server.label');
}

publish('uma-authorization-server', {
  prepare,
  save,
  end: endServerState,
  label,
  check: {
    port: checked((node) => (builtIn(node) ? numberProblem(currentText(node, 'port'), { from: 1, to: 65_535 }) : true)),
    url: checked(urlProblem),
    serverKey: checked(serverKeyProblem),
    connection: checked(connectionProblem),
    addresses: checked(addressesProblem),
  },
});
