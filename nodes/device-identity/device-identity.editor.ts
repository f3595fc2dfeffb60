/** The form of device-identity, and the button of *claim*. */
import { warnUndeployed } from '../editor/canvas-button.ts';
import { checked } from '../editor/checked.ts';
import { openClaim } from '../editor/claim-dialog.ts';
import { currentText, fieldId, showRow, whenChanged } from '../editor/form.ts';
import { labelOr, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import { chooseOnly, configProblem, namingField, namingProblem, showConfigRow } from '../editor/naming-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { serverProblem, showServerRow } from '../editor/server-field.ts';

const watches = (node: EditorNode): boolean => currentText(node, 'action') === 'watch';

/** Actions that do more than their name says. */
const EXPLAINED = ['claim', 'rotate', 'suspend', 'resume', 'retire', 'watch'];

function show(node: EditorNode): void {
  showConfigRow(node, 'device');
  showServerRow(node, ['device']);
  $(`#${fieldId(node, 'inputs')}`).val(watches(node) ? '0' : '1');
  const chosen = currentText(node, 'action');
  for (const action of EXPLAINED) showRow(action, action === chosen);
}

function prepare(node: EditorNode): void {
  const every = { value: 'every', label: node._('device-identity.every'), icon: 'fa fa-asterisk', hasValue: false };
  namingField(node, 'device', { config: true, list: 'devices', more: [every] });
  chooseOnly(node, 'device', 'uma-device');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

/** A node that watches has no message to be told by, and every other one means one device. */
function deviceProblem(node: EditorNode): true | string {
  const type = currentText(node, 'deviceType');
  if (type === 'every') return watches(node) ? true : node._('device-identity.problem.every');
  if (watches(node) && (type === 'msg' || type === 'jsonata')) return node._('device-identity.problem.no_message');
  return namingProblem(node, 'device');
}

function sentence(node: EditorNode): string {
  const every = node.deviceType === 'every' ? node._('device-identity.every') : '';
  const device = every || thingLabel(node, 'device');
  return device === '' ? '' : node._(`device-identity.sentence.${node.action || 'status'}`, { device });
}

/** A button sends a message with nothing in it, so the device must not come with the message. */
function mayAsk({ action, deviceType }: EditorNode): boolean {
  return action === 'claim' && deviceType !== 'msg' && deviceType !== 'jsonata';
}

/** The editor presses it also for nodes that show none, from its outline and by key. */
function press(node: EditorNode): void {
  if (!mayAsk(node)) return;
  if (node.changed) warnUndeployed();
  else openClaim(node);
}

publish('device-identity', {
  prepare,
  mayAsk,
  press,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, ['device'])),
    device: checked((node) => configProblem(node, 'device')),
    deviceValue: checked(deviceProblem),
  },
});
