/** The form of a resource that this Node-RED protects. */
import { isScope, parseScopes } from '../../lib/node-red/scopes.ts';
import { checked } from '../editor/checked.ts';
import { currentText } from '../editor/form.ts';
import { configServerProblem, keyField, keyProblem, nameProblem } from '../editor/key-field.ts';
import { validateLive } from '../editor/live-validation.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { word } from '../editor/words.ts';

function scopesProblem(node: EditorNode): true | string {
  const scopes = parseScopes(currentText(node, 'scopes'));
  if (scopes.length === 0) return node._('resource.problem.scopes');
  const bad = scopes.find((scope) => !isScope(scope));
  return bad === undefined ? true : word('bad_scope', { scope: bad });
}

publish('uma-resource', {
  prepare: (node: EditorNode) => {
    keyField(node);
    validateLive(node);
  },
  check: {
    name: checked(nameProblem),
    key: checked(keyProblem),
    server: checked(configServerProblem),
    scopes: checked(scopesProblem),
  },
});
