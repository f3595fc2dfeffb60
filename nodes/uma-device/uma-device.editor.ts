/** The form of a device whose key this Node-RED keeps. */

import { checked } from '../editor/checked.ts';
import { configServerProblem, keyField, keyProblem, nameProblem } from '../editor/key-field.ts';
import { validateLive } from '../editor/live-validation.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';

publish('uma-device', {
  prepare: (node: EditorNode) => {
    keyField(node);
    validateLive(node);
  },
  check: { name: checked(nameProblem), key: checked(keyProblem), server: checked(configServerProblem) },
});
