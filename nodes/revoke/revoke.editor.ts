/** The form of revoke, and the button that stops everything. */
import { tell } from '../editor/ask.ts';
import { warnUndeployed } from '../editor/canvas-button.ts';
import { checked } from '../editor/checked.ts';
import { confirmed } from '../editor/confirm.ts';
import { currentText, showRow, whenChanged } from '../editor/form.ts';
import { labelOr, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import {
  chooseOnly,
  configProblem,
  type Named,
  namingField,
  namingProblem,
  showConfigRow,
} from '../editor/naming-field.ts';
import { numberProblem } from '../editor/number-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { serverProblem, showServerRow } from '../editor/server-field.ts';

const TARGETS = ['share', 'device', 'resource', 'token', 'everything'] as const;
const LONGEST_WAIT_MS = 60_000;

const target = (node: EditorNode): string => currentText(node, 'target') || 'share';

function bringers(node: EditorNode): ('device' | 'resource')[] {
  const name = target(node);
  return name === 'device' || name === 'resource' ? [name] : [];
}

function show(node: EditorNode): void {
  for (const name of TARGETS) showRow(name, target(node) === name);
  showConfigRow(node, 'device');
  showConfigRow(node, 'resource');
  showServerRow(node, bringers(node));
}

function prepare(node: EditorNode): void {
  namingField(node, 'share', { list: 'shares' });
  namingField(node, 'device', { config: true, list: 'devices' });
  namingField(node, 'resource', { config: true, list: 'resources' });
  namingField(node, 'token', {});
  chooseOnly(node, 'device', 'uma-device');
  chooseOnly(node, 'resource', 'uma-resource');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

/** A field counts only while its target is chosen. */
const when = (name: Named, check: (node: EditorNode) => true | string) =>
  checked((node) => (target(node) === name ? check(node) : true));

function sentence(node: EditorNode): string {
  const name = String(node.target || 'share');
  if (name === 'everything') return node._('revoke.sentence.everything');
  const thing = thingLabel(node, name);
  return thing === '' ? '' : node._(`revoke.sentence.${name}`, { thing });
}

async function stopEverything(node: EditorNode): Promise<void> {
  try {
    await tell(`revoke/${encodeURIComponent(node.id)}`, {});
    RED.notify(node._('revoke.pressed'), { type: 'success', timeout: 5_000 });
  } catch {
    RED.notify(node._('revoke.not_pressed'), { type: 'error', timeout: 10_000 });
  }
}

const stopsEverything = (node: EditorNode): boolean => node.target === 'everything';

/**
 * The canvas button: one question, because nothing but the owner's password brings things back. The editor presses it
 * also for nodes that show none, from its outline and by key.
 */
async function press(node: EditorNode): Promise<void> {
  if (!stopsEverything(node)) return;
  if (node.changed) return warnUndeployed();
  const question = {
    title: node._('revoke.really'),
    text: node._('revoke.really_text'),
    yes: node._('revoke.stop'),
    no: node._('revoke.cancel'),
  };
  if (await confirmed(question)) await stopEverything(node);
}

publish('revoke', {
  prepare,
  press,
  stopsEverything,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, bringers(node))),
    shareValue: when('share', (node) => namingProblem(node, 'share')),
    device: when('device', (node) => configProblem(node, 'device')),
    deviceValue: when('device', (node) => namingProblem(node, 'device')),
    resource: when('resource', (node) => configProblem(node, 'resource')),
    resourceValue: when('resource', (node) => namingProblem(node, 'resource')),
    tokenValue: when('token', (node) => namingProblem(node, 'token')),
    confirmWithin: checked((node) =>
      numberProblem(currentText(node, 'confirmWithin'), { from: 0, to: LONGEST_WAIT_MS }),
    ),
  },
});
