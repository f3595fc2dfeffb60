/** The rows that name a device, a resource or a share: a config node, one of the server's list, or what a message says. */
import { currentText, fieldId, showRow, whenChanged } from './form.ts';
import { fetchList, type Listing, nameOf, openPicker } from './list-picker.ts';
import type { EditorNode, TypedInputType } from './red.ts';
import { BY_MESSAGE, typedField, typedProblem, typedValue } from './typed-field.ts';
import { word } from './words.ts';

export type Named = 'device' | 'resource' | 'share' | 'token' | 'request';

export interface NamingOptions {
  /** Offers what the server knows. */
  list?: Listing;
  /** Offers the config nodes of these flows. */
  config?: boolean;
  /** Kinds of this node only, shown first. */
  more?: TypedInputType[];
}

function configType(): TypedInputType {
  return { value: 'config', label: word('in_these_flows'), icon: 'fa fa-cog', hasValue: false };
}

function listType(node: EditorNode, listing: Listing): TypedInputType {
  const serverId = (): string => currentText(node, 'server');
  return {
    value: 'list',
    label: word('from_the_list'),
    icon: 'fa fa-list',
    hasValue: true,
    valueLabel(container, value) {
      const label = document.createElement('div');
      label.className = 'uma-picked';
      label.textContent = value === '' ? word('open_the_list') : nameOf(value);
      label.addEventListener('click', () => openPicker(this, serverId(), listing));
      container[0]?.append(label);
      if (value === '' || nameOf(value) !== value) return;
      void fetchList(serverId(), listing).then(() => {
        label.textContent = nameOf(value);
      });
    },
    expand() {
      openPicker(this, serverId(), listing);
    },
  };
}

/** Prepares `thingType` and `thingValue`, and shows the row of the config node where that is how it is named. */
export function namingField(node: EditorNode, thing: Named, { list, config, more = [] }: NamingOptions): void {
  const types = [...(config ? [configType()] : []), ...(list ? [listType(node, list)] : []), ...more, ...BY_MESSAGE];
  typedField(node, `${thing}Value`, types, `${thing}Type`);
  if (list) keepIdsApart(node, thing);
}

/** An id of the list is no property of a message: changing between the two begins anew. */
function keepIdsApart(node: EditorNode, thing: Named): void {
  const field = $(`#${fieldId(node, `${thing}Value`)}`);
  const isList = (): boolean => currentText(node, `${thing}Type`) === 'list';
  let was = isList();
  field.on('change', () => {
    if (was === isList()) return;
    was = isList();
    field.typedInput('value', '');
  });
}

function onlyConfig(node: EditorNode, type: string): string | undefined {
  const found: string[] = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === type && (!config.z || config.z === node.z)) found.push(config.id);
    return undefined;
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Where there is but one config node that could be meant, it is chosen already, once its row is asked for. */
export function chooseOnly(node: EditorNode, property: string, type: string): void {
  const only = onlyConfig(node, type);
  const select = document.getElementById(fieldId(node, property));
  if (node[property] || !only || !(select instanceof HTMLSelectElement)) return;
  let chosen = false;
  const choose = (): void => {
    if (chosen || select.closest('[hidden]')) return;
    // Only once: whoever then chooses none means it.
    chosen = true;
    $(select).val(only).trigger('change');
  };
  // After the editor has filled the list, and the form has hidden what it does not ask for.
  whenChanged(node, () => setTimeout(choose, 60));
}

/** Is the thing named by a config node at this moment? */
export function byConfig(node: EditorNode, thing: Named): boolean {
  return currentText(node, `${thing}Type`) === 'config';
}

/** Shows the config node's row where it is used. */
export function showConfigRow(node: EditorNode, thing: Named): void {
  showRow(`${thing}-config`, byConfig(node, thing));
}

/** What is wrong with how a thing is named; the config node's own field has its own words. */
export function namingProblem(node: EditorNode, thing: Named): true | string {
  const { type, value } = typedValue(node, `${thing}Value`, `${thing}Type`);
  if (type === 'config' || type === 'ask') return true;
  if (type === 'list') return value === '' ? word('choose_from_list') : true;
  return typedProblem(type, value) ?? true;
}

/** What is wrong with the config node that is chosen. */
export function configProblem(node: EditorNode, thing: 'device' | 'resource'): true | string {
  if (!byConfig(node, thing)) return true;
  const id = currentText(node, thing);
  if (id === '') return word(`choose_${thing}`);
  return isEnvironment(id) || RED.nodes.node(id) ? true : word('gone');
}

/** In a subflow a config node may be chosen by each instance. */
export function isEnvironment(id: string): boolean {
  return /^\$\{[^}]+\}$/.test(id);
}
