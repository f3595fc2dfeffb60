/** The form of rpt-check. */
import { senderMayChoose } from '../../lib/node-red/wiring.ts';
import { checked } from '../editor/checked.ts';
import { current, currentText, showRow, whenChanged } from '../editor/form.ts';
import { labelOr, scopesLabel, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import { chooseOnly, configProblem, namingField, namingProblem, showConfigRow } from '../editor/naming-field.ts';
import { numberProblem } from '../editor/number-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { scopesField, scopesProblem } from '../editor/scopes-field.ts';
import { serverProblem, showServerRow } from '../editor/server-field.ts';
import { BY_MESSAGE, typedField, typedProblem, typedValue } from '../editor/typed-field.ts';

const LONGEST_AGE_SECONDS = 86_400;
const LARGEST_LEEWAY_SECONDS = 300;

/** Core's mqtt out sends to its own topic where one is typed in: a refusal would go where nothing was to go. */
function hasFixedTopic(node: EditorNode): boolean {
  return RED.nodes
    .filterLinks({ source: node, sourcePort: 1 })
    .some(({ target }) => target.type === 'mqtt out' && Boolean(target.topic));
}

/** Core's http response answers with its own status where one is typed in: a refusal would look like a yes. */
function hasFixedStatus(node: EditorNode): boolean {
  return RED.nodes
    .filterLinks({ source: node, sourcePort: 1 })
    .some(({ target }) => target.type === 'http response' && Boolean(target.statusCode));
}

function showElement(id: string, shown: boolean): void {
  const element = document.getElementById(id);
  if (element) element.hidden = !shown;
}

function show(node: EditorNode): void {
  showConfigRow(node, 'resource');
  showServerRow(node, ['resource']);
  showRow('properties', currentText(node, 'carrier') === 'properties');
  const sender = ['scopesType', 'resourceType'].some((kind) => senderMayChoose(currentText(node, kind)));
  showElement('uma-sender-controls', sender);
  showElement('uma-fixed-status', hasFixedStatus(node));
  showElement('uma-fixed-topic', hasFixedTopic(node));
  showElement('uma-bearer', current(node, 'acceptBearer') === true);
}

function prepare(node: EditorNode): void {
  namingField(node, 'resource', { config: true });
  scopesField(node);
  for (const property of ['method', 'url']) typedField(node, property, ['str', ...BY_MESSAGE]);
  chooseOnly(node, 'resource', 'uma-resource');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

function typed(property: string) {
  return checked((node) => {
    if (currentText(node, 'carrier') !== 'properties') return true;
    const { type, value } = typedValue(node, property);
    return typedProblem(type, value) ?? true;
  });
}

function sentence(node: EditorNode): string {
  const [resource, scopes] = [thingLabel(node, 'resource'), scopesLabel(node)];
  return resource === '' ? '' : node._('rpt-check.sentence', { resource, scopes });
}

publish('rpt-check', {
  prepare,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, ['resource'])),
    resource: checked((node) => configProblem(node, 'resource')),
    resourceValue: checked((node) => namingProblem(node, 'resource')),
    scopes: checked((node) => scopesProblem(node)),
    method: typed('method'),
    url: typed('url'),
    maxAge: checked((node) =>
      numberProblem(currentText(node, 'maxAge'), { from: 1, to: LONGEST_AGE_SECONDS, optional: true }),
    ),
    leeway: checked((node) => numberProblem(currentText(node, 'leeway'), { from: 0, to: LARGEST_LEEWAY_SECONDS })),
  },
});
