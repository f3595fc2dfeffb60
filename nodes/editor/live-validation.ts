/** Says under each field what is wrong with it, in words, while somebody types. */
import { current, field, rowOf, whenChanged } from './form.ts';
import type { EditorNode } from './red.ts';

function problemOf(node: EditorNode, property: string): string {
  const check = node._def.defaults[property]?.validate;
  const found = check ? check.call(node, current(node, property), {}) : true;
  return typeof found === 'string' ? found : '';
}

/** The element that a person meets: a typed input hides the one that the setting belongs to. */
function visible(element: HTMLElement): HTMLElement {
  return document.getElementById(`${element.id}-shown`) ?? element;
}

function line(element: HTMLElement): HTMLElement {
  const id = `${element.id}-problem`;
  const found = document.getElementById(id);
  if (found) return found;
  const made = document.createElement('div');
  made.id = id;
  made.className = 'uma-problem';
  // Read out by a screen reader when it changes, without taking the focus.
  made.setAttribute('role', 'status');
  rowOf(element).append(made);
  return made;
}

/** A setting that is no single field has a stand-in: the editor would save the value of one under its own name. */
function place(node: EditorNode, property: string): HTMLElement | null {
  return field(node, property) ?? document.getElementById(`uma-field-${property}`);
}

function show(node: EditorNode, property: string): void {
  const element = place(node, property);
  if (!element || rowOf(element).closest('[hidden]')) return;
  const problem = problemOf(node, property);
  const words = line(element);
  if (words.textContent !== problem) words.textContent = problem;
  const shown = visible(element);
  shown.setAttribute('aria-describedby', words.id);
  shown.setAttribute('aria-invalid', String(problem !== ''));
}

export function validateLive(node: EditorNode): void {
  const checked = Object.keys(node._def.defaults).filter((property) => node._def.defaults[property]?.validate);
  whenChanged(node, () => {
    for (const property of checked) show(node, property);
  });
}
