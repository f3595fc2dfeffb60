/** The stable key of a device or a resource: made from the name once, and unique with its server. */
import { currentText, field } from './form.ts';
import { chooseOnly } from './naming-field.ts';
import type { EditorNode } from './red.ts';
import { word } from './words.ts';

/** "Café lamp 2" becomes "cafe-lamp-2". */
export function slug(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}

/** Follows the name while the node is new: later the server knows it by its key, and a new name must not lose that. */
export function keyField(node: EditorNode): void {
  const [name, key] = [field(node, 'name'), field(node, 'key')];
  if (!(name instanceof HTMLInputElement) || !(key instanceof HTMLInputElement)) return;
  chooseOnly(node, 'server', 'uma-authorization-server');
  if (currentText(node, 'key') !== '') return;
  let made = '';
  name.addEventListener('input', () => {
    if (key.value !== made) return;
    made = slug(name.value);
    key.value = made;
    $(key).trigger('change');
  });
}

export function nameProblem(node: EditorNode): true | string {
  return currentText(node, 'name') === '' ? word('empty_name') : true;
}

export function keyProblem(node: EditorNode): true | string {
  const key = currentText(node, 'key');
  if (/^\$\{[^}]+\}$/.test(key)) return true;
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(key)) return word('bad_key');
  const server = currentText(node, 'server');
  let taken = '';
  RED.nodes.eachConfig((other) => {
    const same = other.type === node.type && other.id !== node.id && other.key === key && other.server === server;
    if (same) taken = String(other.name ?? key);
    return undefined;
  });
  return taken === '' ? true : word('key_taken', { name: taken });
}

export function configServerProblem(node: EditorNode): true | string {
  const id = currentText(node, 'server');
  if (id === '') return word('choose_server');
  return /^\$\{[^}]+\}$/.test(id) || RED.nodes.node(id) ? true : word('gone');
}
