/** The form of a device whose key this Node-RED keeps. */

import { checked } from '../editor/checked.ts';
import { field } from '../editor/form.ts';
import { configServerProblem, keyField, keyProblem, nameProblem } from '../editor/key-field.ts';
import { validateLive } from '../editor/live-validation.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';

/** A flow written by hand may not say how it signs: then it is as for every new one. */
function algorithmField(node: EditorNode): void {
  const select = field(node, 'algorithm');
  if (select instanceof HTMLSelectElement && select.selectedIndex < 0) select.selectedIndex = 0;
}

publish('uma-device', {
  prepare: (node: EditorNode) => {
    keyField(node);
    algorithmField(node);
    validateLive(node);
  },
  check: { name: checked(nameProblem), key: checked(keyProblem), server: checked(configServerProblem) },
});
