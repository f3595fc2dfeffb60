/** The form of device-identity. */
import { checked } from '../editor/checked.ts';
import { currentText, showRow, whenChanged } from '../editor/form.ts';
import { labelOr, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import { chooseOnly, configProblem, namingField, namingProblem, showConfigRow } from '../editor/naming-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { serverProblem, showServerRow } from '../editor/server-field.ts';

function show(node: EditorNode): void {
  showConfigRow(node, 'device');
  showServerRow(node, ['device']);
  for (const action of ['claim', 'resume', 'retire']) showRow(action, currentText(node, 'action') === action);
}

function prepare(node: EditorNode): void {
  namingField(node, 'device', { config: true, list: 'devices' });
  chooseOnly(node, 'device', 'uma-device');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

function sentence(node: EditorNode): string {
  const device = thingLabel(node, 'device');
  return device === '' ? '' : node._(`device-identity.sentence.${node.action || 'status'}`, { device });
}

publish('device-identity', {
  prepare,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, ['device'])),
    device: checked((node) => configProblem(node, 'device')),
    deviceValue: checked((node) => namingProblem(node, 'device')),
  },
});
