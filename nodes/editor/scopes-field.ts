/** What may be done: picked from the resource's own scopes, written down, or found in each message. */
import { isScope, parseScopes } from '../../lib/node-red/scopes.ts';
import { currentText, fieldId } from './form.ts';
import { byConfig } from './naming-field.ts';
import type { EditorNode, TypedInputType } from './red.ts';
import { scopesInWords, scopeToChoose } from './scope-words.ts';
import { BY_MESSAGE, typedField, typedProblem, typedValue } from './typed-field.ts';
import { word } from './words.ts';

function scopesOfResource(node: EditorNode): string[] {
  const resource = byConfig(node, 'resource') ? RED.nodes.node(currentText(node, 'resource')) : null;
  return parseScopes(resource?.scopes);
}

/** The resource's scopes, and those that are chosen already: nothing is dropped because a list came later. */
function pickType(node: EditorNode): TypedInputType {
  const { type, value } = typedValue(node, 'scopes');
  const chosen = type === 'scopes' ? parseScopes(value) : [];
  const all = [...new Set([...scopesOfResource(node), ...chosen])];
  return {
    value: 'scopes',
    label: word('of_the_resource'),
    icon: 'fa fa-check-square-o',
    multiple: true,
    options: all.map((scope) => ({ value: scope, label: scopeToChoose(scope) })),
    default: chosen,
  };
}

function types(node: EditorNode, more: TypedInputType[]): (string | TypedInputType)[] {
  return [...more, pickType(node), { value: 'str', label: word('written_down'), icon: 'fa fa-pencil' }, ...BY_MESSAGE];
}

/** The editor only counts what was picked; a person wants to read it. */
function nameChosen(node: EditorNode): void {
  const { type, value } = typedValue(node, 'scopes');
  const container = document.querySelector(`#${fieldId(node, 'scopes')} ~ .red-ui-typedInput-container`);
  const shown = container?.querySelector('.red-ui-typedInput-option-label');
  if (type === 'scopes' && shown) shown.textContent = scopesInWords(parseScopes(value)) || word('none_chosen');
}

/** Prepares the field; its choices follow the resource. */
export function scopesField(node: EditorNode, more: TypedInputType[] = []): void {
  typedField(node, 'scopes', types(node, more));
  const field = $(`#${fieldId(node, 'scopes')}`);
  field.on('change', () => nameChosen(node));
  nameChosen(node);
  let offered = scopesOfResource(node).join(' ');
  $(`#${fieldId(node, 'resource')}`).on('change', () => {
    const now = scopesOfResource(node).join(' ');
    if (now === offered) return;
    offered = now;
    const value = currentText(node, 'scopes');
    field.typedInput('types', types(node, more));
    if (typedValue(node, 'scopes').type === 'scopes') field.typedInput('value', value);
  });
}

/** @param optional - nothing at all is an answer too */
export function scopesProblem(node: EditorNode, optional = false): true | string {
  const { type, value } = typedValue(node, 'scopes');
  if (type === 'all') return true;
  if (type !== 'scopes' && type !== 'str') return typedProblem(type, value) ?? true;
  const scopes = parseScopes(value);
  if (scopes.length === 0) return optional ? true : word('no_scopes');
  const bad = scopes.find((scope) => !isScope(scope));
  return bad === undefined ? true : word('bad_scope', { scope: bad });
}
