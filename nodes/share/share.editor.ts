/** The form of share. */
import { parseUntil } from '../../lib/node-red/until.ts';
import { checked } from '../editor/checked.ts';
import { currentText, fieldId, showRow, whenChanged } from '../editor/form.ts';
import { daysProblem, endsNextDay, hoursField, isWeekly, timeProblem, timeZoneProblem } from '../editor/hours-field.ts';
import { labelOr, scopesLabel, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import { chooseOnly, configProblem, namingField, namingProblem, showConfigRow } from '../editor/naming-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { scopesField, scopesProblem } from '../editor/scopes-field.ts';
import { sameServerProblem, serverProblem, showServerRow } from '../editor/server-field.ts';
import { BY_MESSAGE, typedField, typedProblem, typedValue } from '../editor/typed-field.ts';

type Things = ('device' | 'resource')[];

const action = (node: EditorNode): string => currentText(node, 'action') || 'grant';
const isGrant = (node: EditorNode): boolean => action(node) === 'grant';
const namesRequest = (node: EditorNode): boolean => action(node) === 'approve' || action(node) === 'deny';
const hasLimits = (node: EditorNode): boolean => isGrant(node) || action(node) === 'approve';
/** Only a grant names things that bring their server along. */
const things = (node: EditorNode): Things => (isGrant(node) ? ['device', 'resource'] : []);

/** What was typed, as this browser's clock reads it. */
function showUntil(node: EditorNode): void {
  const note = document.getElementById('uma-until-note');
  if (!note) return;
  const { type, value } = typedValue(node, 'until');
  const end = type === 'when' ? parseUntil(value, Date.now()) : undefined;
  const words = end === undefined ? '' : new Date(end * 1000).toLocaleString(RED.i18n.lang());
  note.textContent = words === '' ? '' : node._('share.until_now', { until: words });
}

function showHours(node: EditorNode): void {
  showRow('weekly', hasLimits(node) && isWeekly(node));
  const note = document.getElementById('uma-hours-note');
  const words = endsNextDay(node) ? node._('share.next_day') : '';
  if (note && note.textContent !== words) note.textContent = words;
}

function show(node: EditorNode): void {
  $(`#${fieldId(node, 'inputs')}`).val(action(node) === 'watch' ? '0' : '1');
  showConfigRow(node, 'device');
  showConfigRow(node, 'resource');
  showRow('grant', isGrant(node));
  showRow('request', namesRequest(node));
  showRow('limits', hasLimits(node));
  showServerRow(node, things(node));
  showUntil(node);
  showHours(node);
}

/** A node that was saved before there were hours has none. */
function upgrade(node: EditorNode): void {
  for (const [property, value] of Object.entries({ hours: 'always', days: '1,2,3,4,5', from: '08:00', to: '18:00' })) {
    const input = $(`#node-input-${property}`);
    if (!input.val() && node[property] === undefined) input.val(value);
  }
}

function prepare(node: EditorNode): void {
  namingField(node, 'device', { config: true, list: 'devices' });
  namingField(node, 'resource', { config: true, list: 'resources' });
  namingField(node, 'request', {});
  scopesField(node, [{ value: 'all', label: node._('share.all_asked'), icon: 'fa fa-check', hasValue: false }]);
  typedField(node, 'until', [
    { value: 'none', label: node._('share.no_end'), icon: 'fa fa-circle-o', hasValue: false },
    { value: 'when', label: node._('share.when'), icon: 'fa fa-calendar' },
    ...BY_MESSAGE,
  ]);
  upgrade(node);
  hoursField(node);
  chooseOnly(node, 'device', 'uma-device');
  chooseOnly(node, 'resource', 'uma-resource');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

function untilProblem(node: EditorNode): true | string {
  if (!hasLimits(node)) return true;
  const { type, value } = typedValue(node, 'until');
  if (type === 'none') return true;
  if (type !== 'when') return typedProblem(type, value) ?? true;
  const end = parseUntil(value, Date.now());
  if (end === undefined) return node._('share.problem.until');
  return end * 1000 > Date.now() ? true : node._('share.problem.past');
}

function scopesAsked(node: EditorNode): true | string {
  if (!hasLimits(node)) return true;
  const { type } = typedValue(node, 'scopes');
  if (type === 'all' && isGrant(node)) return node._('share.problem.all');
  return scopesProblem(node);
}

const inHours = (check: (node: EditorNode) => true | string) =>
  checked((node) => (hasLimits(node) && isWeekly(node) ? check(node) : true));

const granting = (check: (node: EditorNode) => true | string) =>
  checked((node) => (isGrant(node) ? check(node) : true));

function sentence(node: EditorNode): string {
  const name = String(node.action || 'grant');
  if (name !== 'grant') return node._(`share.${name}`);
  const [device, resource, scopes] = [thingLabel(node, 'device'), thingLabel(node, 'resource'), scopesLabel(node)];
  return device === '' || resource === '' ? '' : node._('share.sentence', { device, resource, scopes });
}

publish('share', {
  prepare,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, things(node))),
    device: granting((node) => configProblem(node, 'device')),
    deviceValue: granting((node) => namingProblem(node, 'device')),
    resource: granting((node) => {
      const problem = configProblem(node, 'resource');
      return problem === true ? sameServerProblem(node) : problem;
    }),
    resourceValue: granting((node) => namingProblem(node, 'resource')),
    requestValue: checked((node) => (namesRequest(node) ? namingProblem(node, 'request') : true)),
    scopes: checked(scopesAsked),
    until: checked(untilProblem),
    days: inHours(daysProblem),
    from: inHours((node) => timeProblem(node, 'from')),
    to: inHours((node) => timeProblem(node, 'to')),
    timeZone: inHours(timeZoneProblem),
  },
});
