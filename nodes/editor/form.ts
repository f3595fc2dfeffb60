/** The open form of a node: what stands in its fields at this moment. */
import type { EditorNode } from './red.ts';

export function fieldId(node: EditorNode, property: string): string {
  return `${node._def.category === 'config' ? 'node-config-input' : 'node-input'}-${property}`;
}

function isOpen(node: EditorNode): boolean {
  return RED.editor.getEditStack().some(({ id }) => id === node.id);
}

export function field(node: EditorNode, property: string): HTMLElement | null {
  return isOpen(node) ? document.getElementById(fieldId(node, property)) : null;
}

/** The value of a field while the form is open, else the saved setting. */
export function current(node: EditorNode, property: string): unknown {
  const element = field(node, property);
  if (element instanceof HTMLInputElement && element.type === 'checkbox') return element.checked;
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
    // What the editor puts where no config node is chosen.
    return element.value === '_ADD_' ? '' : element.value;
  }
  return node[property];
}

export function currentText(node: EditorNode, property: string): string {
  const value = current(node, property);
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** The row in which a field stands. */
export function rowOf(element: HTMLElement): HTMLElement {
  return element.closest<HTMLElement>('.form-row') ?? element;
}

/** Shows or hides the rows that carry this mark (`data-uma-row`). */
export function showRow(mark: string, shown: boolean): void {
  for (const row of document.querySelectorAll<HTMLElement>(`[data-uma-row="${mark}"]`)) row.hidden = !shown;
}

/** Runs once now, and again whenever anything in the form changes; jQuery's own events are not native ones. */
export function whenChanged(node: EditorNode, act: () => void): void {
  const [first] = Object.keys(node._def.defaults)
    .map((property) => field(node, property))
    .filter((element) => element !== null);
  const form = first?.closest('form');
  if (form) $(form).on('change keyup input', act);
  act();
}
