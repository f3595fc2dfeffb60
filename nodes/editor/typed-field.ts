/** Typed inputs with labels that belong to them, and checks in words. */
import { current, currentText, fieldId } from './form.ts';
import type { EditorNode, TypedInputType } from './red.ts';
import { word } from './words.ts';

/** Where a value may come from for each message. */
export const BY_MESSAGE = ['msg', 'flow', 'global', 'env', 'jsonata'] as const;

/** The editor hides the field that a label names and puts another in front of it: the label follows. */
function moveLabel(id: string): void {
  const label = document.querySelector<HTMLLabelElement>(`label[for="${id}"]`);
  const container = document.getElementById(id)?.parentElement?.querySelector(`#${id} ~ .red-ui-typedInput-container`);
  const shown = container?.querySelector<HTMLInputElement>('input.red-ui-typedInput-input');
  if (!label || !shown) return;
  shown.id = `${id}-shown`;
  label.htmlFor = shown.id;
  // The editor hears keys only: what is pasted, dropped or spoken is typed too.
  shown.addEventListener('input', () => $(shown).trigger('keyup'));
  label.id ||= `${id}-label`;
  for (const [index, button] of [...(container?.querySelectorAll('button') ?? [])].entries()) {
    const isKind = button.classList.contains('red-ui-typedInput-type-select');
    button.setAttribute('aria-label', word(isKind ? 'kind_of_value' : 'choose'));
    button.id ||= `${id}-button-${index}`;
    // The label's own words come later: the editor translates forms last.
    button.setAttribute('aria-labelledby', `${label.id} ${button.id}`);
  }
}

/** Makes a typed input of the field `property`, whose kind is kept in `property + 'Type'` (or `typeProperty`). */
export function typedField(
  node: EditorNode,
  property: string,
  types: (string | TypedInputType)[],
  typeProperty = `${property}Type`,
): void {
  const id = fieldId(node, property);
  $(`#${id}`).typedInput({ types, typeField: `#${fieldId(node, typeProperty)}` });
  moveLabel(id);
}

/** Is what was typed usable for its kind? Whether something is there for a message shows only then. */
export function typedProblem(type: string, value: string): string | undefined {
  if (value === '') return word('empty');
  if (
    (type === 'msg' || type === 'flow' || type === 'global') &&
    !RED.utils.validatePropertyExpression(plainKey(value))
  )
    return word('bad_property');
  return undefined;
}

/** A context value may name its store first: `#:(file)::key`. */
function plainKey(value: string): string {
  return value.replace(/^#:\([^)]+\)::/, '');
}

/** The kind and value of a typed field at this moment. */
export function typedValue(
  node: EditorNode,
  property: string,
  typeProperty = `${property}Type`,
): { type: string; value: string } {
  return { type: String(current(node, typeProperty) ?? ''), value: currentText(node, property) };
}
