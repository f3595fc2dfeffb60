/** The form of uma-request. */
import { type Feeder, uncheckedDoor } from '../../lib/node-red/wiring.ts';
import { checked } from '../editor/checked.ts';
import { currentText, showRow, whenChanged } from '../editor/form.ts';
import { labelOr, scopesLabel, thingLabel } from '../editor/labels.ts';
import { validateLive } from '../editor/live-validation.ts';
import { chooseOnly, configProblem, namingField, namingProblem, showConfigRow } from '../editor/naming-field.ts';
import { publish } from '../editor/publish.ts';
import type { EditorNode } from '../editor/red.ts';
import { scopesField, scopesProblem } from '../editor/scopes-field.ts';
import { sameServerProblem, serverProblem, showServerRow } from '../editor/server-field.ts';
import { BY_MESSAGE, typedField, typedProblem, typedValue } from '../editor/typed-field.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** Core's http request prefers its own method, URL and authentication to those of the message. */
function hasFixedRequest(node: EditorNode): boolean {
  return RED.nodes
    .filterLinks({ source: node, sourcePort: 0 })
    .some(
      ({ target }) =>
        target.type === 'http request' && (target.method !== 'use' || Boolean(target.url) || Boolean(target.authType)),
    );
}

function feedersOf(id: string): Feeder[] {
  const node = RED.nodes.node(id);
  if (!node) return [];
  const wired = RED.nodes.filterLinks({ target: node }).map(({ source, sourcePort }) => ({ source, sourcePort }));
  const links = node.type === 'link in' && Array.isArray(node.links) ? node.links : [];
  const linked = links.flatMap((other) => RED.nodes.node(String(other)) ?? []);
  return [
    ...wired.map(({ source, sourcePort }) => ({ id: source.id, type: source.type, output: sourcePort + 1 })),
    ...linked.map((source) => ({ id: source.id, type: source.type, output: 1 })),
  ];
}

function show(node: EditorNode): void {
  const asks = currentText(node, 'resourceType') === 'ask';
  const headers = currentText(node, 'sendAs') === 'headers';
  showConfigRow(node, 'device');
  showConfigRow(node, 'resource');
  showServerRow(node, ['device', 'resource']);
  showRow('origin', asks);
  showRow('headers', headers);
  showRow('call', !headers);
  const warning = document.getElementById('uma-fixed-request');
  if (warning) warning.hidden = !(headers && hasFixedRequest(node));
  const open = document.getElementById('uma-unchecked-door');
  if (open) open.hidden = uncheckedDoor(node.id, feedersOf) === undefined;
  const { type, value } = typedValue(node, 'url');
  const plain = document.getElementById('uma-plain-http');
  if (plain) plain.hidden = !(type === 'str' && /^http:\/\/(?!127\.|localhost|\[::1])/i.test(value));
}

function prepare(node: EditorNode): void {
  namingField(node, 'device', { config: true });
  namingField(node, 'resource', {
    config: true,
    more: [{ value: 'ask', label: node._('uma-request.ask'), icon: 'fa fa-question-circle-o', hasValue: false }],
  });
  scopesField(node);
  const methods = METHODS.map((method) => ({ value: method, label: method }));
  typedField(node, 'method', [
    { value: 'str', label: node._('uma-request.fixed_method'), icon: 'fa fa-tasks', options: methods },
    ...BY_MESSAGE,
  ]);
  typedField(node, 'url', ['str', ...BY_MESSAGE]);
  chooseOnly(node, 'device', 'uma-device');
  chooseOnly(node, 'resource', 'uma-resource');
  chooseOnly(node, 'server', 'uma-authorization-server');
  whenChanged(node, () => show(node));
  validateLive(node);
}

function originProblem(node: EditorNode): true | string {
  const origin = currentText(node, 'origin');
  if (currentText(node, 'resourceType') !== 'ask' || origin.trim() === '/') return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url && /^https?:$/.test(url.protocol) ? true : node._('uma-request.problem.origin');
}

function urlProblem(node: EditorNode): true | string {
  const { type, value } = typedValue(node, 'url');
  if (type !== 'str') return typedProblem(type, value) ?? true;
  if (value.startsWith('/') || /^\$\{/.test(value)) return true;
  return URL.canParse(value) && /^https?:/i.test(value) ? true : node._('uma-request.problem.url');
}

/** The origin; of this Node-RED the path, which says more. */
function askedAt({ origin, url, urlType }: EditorNode): string {
  return String(origin) === '/' && urlType === 'str' ? String(url) : String(origin ?? '');
}

function sentence(node: EditorNode): string {
  const [device, scopes] = [thingLabel(node, 'device'), scopesLabel(node)];
  const asked = node.resourceType === 'ask' ? askedAt(node) : thingLabel(node, 'resource');
  if (device === '' || asked === '') return '';
  return `${device} → ${asked}${scopes === '' ? '' : `: ${scopes}`}`;
}

publish('uma-request', {
  prepare,
  label: (node: EditorNode) => labelOr(node, sentence(node)),
  check: {
    server: checked((node) => serverProblem(node, ['device', 'resource'])),
    device: checked((node) => configProblem(node, 'device')),
    deviceValue: checked((node) => namingProblem(node, 'device')),
    resource: checked((node) => {
      const problem = configProblem(node, 'resource');
      return problem === true ? sameServerProblem(node) : problem;
    }),
    resourceValue: checked((node) => namingProblem(node, 'resource')),
    origin: checked(originProblem),
    scopes: checked((node) => scopesProblem(node, currentText(node, 'resourceType') === 'ask')),
    method: checked((node) => {
      const { type, value } = typedValue(node, 'method');
      return typedProblem(type, value) ?? true;
    }),
    url: checked(urlProblem),
  },
});
