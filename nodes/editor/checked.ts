import type { EditorNode } from './red.ts';

export type Check = (this: EditorNode, value: unknown, options: object) => true | string;

/**
 * Makes the editor's `validate` of a check that looks at the whole node: what one field may hold depends on others.
 * It has two parameters because the editor takes a text for words only from such a function.
 */
export function checked(check: (node: EditorNode) => true | string): Check {
  return function (this: EditorNode, _value: unknown, _options: object) {
    return check(this);
  };
}
