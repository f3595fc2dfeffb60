import type { FlowNode } from './home.ts';

/** Two addresses that answer alike; the first one only who may. */
export const guardedPath = '/guarded';
export const openPath = '/open';
export const resourceName = 'Dishwasher';

const place = (id: string, type: string, wires: string[][], more: object): FlowNode => ({
  ...{ id, type, z: 'b-tab', x: 100, y: 100, name: '', wires },
  ...more,
});

const door = (id: string, url: string, to: string): FlowNode =>
  place(id, 'http in', [[to]], { url, method: 'get', upload: false });

/** What any flow has, so that no Node-RED of the comparison is empty. */
export function openFlow(): FlowNode[] {
  return [
    { id: 'b-tab', type: 'tab', label: 'Bench', disabled: false, info: '' },
    door('b-open', openPath, 'b-answer'),
    place('b-answer', 'http response', [], { statusCode: '', headers: {} }),
  ];
}

export function guardedFlow(serverPort: number): FlowNode[] {
  const check = {
    ...{ server: '', resource: 'b-resource', resourceType: 'config', resourceValue: '', scopes: 'start' },
    ...{ scopesType: 'scopes', carrier: 'automatic', maxAge: '', leeway: '5', acceptBearer: false, leaveToken: false },
  };
  const server = { kind: 'built-in', port: String(serverPort), name: 'Home', connection: 'home', addresses: [] };
  const resource = { name: resourceName, key: 'dishwasher', resourceType: 'appliance', scopes: 'start, stop' };
  return [
    ...openFlow(),
    { id: 'b-server', type: 'uma-authorization-server', ...server },
    { id: 'b-resource', type: 'uma-resource', server: 'b-server', critical: false, ...resource },
    door('b-guarded', guardedPath, 'b-check'),
    place('b-check', 'rpt-check', [['b-answer'], ['b-answer']], check),
  ];
}
