/** The flow that these tests deploy: two protected addresses, and a door for each thing that a flow's author may do. */

export interface TestFlowOptions {
  /** `port` of a built-in server in the same process, or `url` of one that is a process of its own. */
  server: { port: number; reach?: string; publicAddress?: string } | { url: string };
  /** Seconds; 5 as in the form unless told. */
  leeway?: number;
  /** For *ask the resource*: where the stranger's resource is. */
  askOrigin?: string;
}

export interface FlowNode {
  id: string;
  type: string;
  [setting: string]: unknown;
}

export const tab = 't-flow';
export const serverNode = 't-server';
/** The nodes whose sending the tests look at. */
export const nodes = { check: 't-check', checkOven: 't-check-oven', revoke: 't-revoke' } as const;

const place = (id: string, type: string, wires: string[][], more: object = {}): FlowNode => ({
  ...{ id, type, z: tab, x: 100, y: 100, name: '', wires },
  ...more,
});

const door = (url: string, to: string): FlowNode =>
  place(`t-in${url}`, 'http in', [[to]], { url, method: 'post', upload: false });

const answer = (id: string): FlowNode => place(id, 'http response', [], { statusCode: '', headers: {} });

function script(id: string, func: string, to: string): FlowNode {
  return place(id, 'function', [[to]], { func, outputs: 1, timeout: 0, initialize: '', finalize: '', libs: [] });
}

function protectedAddress(check: string, url: string, resource: string, leeway: number): FlowNode[] {
  const settings = {
    ...{ server: '', resource, resourceType: 'config', resourceValue: '', scopes: 'start', scopesType: 'scopes' },
    ...{ carrier: 'automatic', maxAge: '', leeway: String(leeway), acceptBearer: false, leaveToken: false },
  };
  return [
    door(url, check),
    place(check, 'rpt-check', [[`${check}-runs`], ['t-answer']], settings),
    script(
      `${check}-runs`,
      'msg.statusCode = 200; msg.headers = {}; msg.payload = { started: true, by: msg.uma.device }; return msg;',
      't-answer',
    ),
  ];
}

/** A careless author: whatever the sender writes into the body is laid on the message, and then it is checked. */
const careless = [
  door('/careless/start', 't-careless'),
  script('t-careless', 'return Object.assign(msg, msg.payload);', 't-check'),
];

/** A door that answers with what came of it: `payload` and `uma`, whichever output it left on. */
function told(url: string, id: string, type: string, settings: object, outputs = 1): FlowNode[] {
  return [
    door(url, `${id}-chosen`),
    script(`${id}-chosen`, 'return Object.assign(msg, msg.payload, { payload: msg.payload });', id),
    place(
      id,
      type,
      Array.from({ length: outputs }, () => ['t-told']),
      settings,
    ),
  ];
}

const thermostat = { device: 't-thermostat', deviceType: 'config', deviceValue: '' };
const dishwasher = { resource: 't-dishwasher', resourceType: 'config', resourceValue: '' };
const call = {
  ...{ server: '', scopes: 'start', scopesType: 'scopes', method: 'POST', methodType: 'str' },
  ...{ url: '/dishwasher/start', urlType: 'str', ret: 'obj', tls: '', proxy: '' },
};

const sharing = {
  ...{ server: '', action: 'grant', scopes: 'start', scopesType: 'scopes', until: '', untilType: 'none' },
  ...thermostat,
  ...dishwasher,
};

function revoking(): FlowNode[] {
  const revoke = { server: serverNode, target: 'share', shareType: 'msg', shareValue: 'share', confirmWithin: '500' };
  const nodes = told('/test/revoke', 't-revoke', 'revoke', revoke, 2).map((node) =>
    node.id === 't-revoke' ? { ...node, wires: [['t-told'], ['t-later']] } : node,
  );
  return [
    ...nodes,
    place('t-later', 'debug', [], {
      ...{ active: true, tosidebar: true, console: false, tostatus: false, complete: 'payload', targetType: 'msg' },
    }),
  ];
}

function identity(action: string): FlowNode[] {
  return told(`/test/${action}`, `t-${action}`, 'device-identity', { server: '', action, ...thermostat });
}

function configs({ server }: TestFlowOptions): FlowNode[] {
  const kind =
    'port' in server ? { kind: 'built-in', ...server, port: String(server.port) } : { kind: 'built-in-at', ...server };
  const resource = (id: string, name: string): FlowNode => ({
    ...{ id: `t-${id}`, type: 'uma-resource', name, key: id, server: serverNode },
    ...{ resourceType: 'appliance', scopes: 'start, stop', critical: false },
  });
  return [
    { id: tab, type: 'tab', label: 'Tests', disabled: false, info: '' },
    { id: serverNode, type: 'uma-authorization-server', name: 'Home', connection: 'home', addresses: [], ...kind },
    { id: 't-thermostat', type: 'uma-device', name: 'Thermostat', key: 'thermostat', server: serverNode },
    resource('dishwasher', 'Dishwasher'),
    resource('oven', 'Oven'),
  ];
}

export function testFlow(options: TestFlowOptions): FlowNode[] {
  const { leeway = 5, askOrigin = 'http://127.0.0.1:1' } = options;
  return [
    ...configs(options),
    ...protectedAddress(nodes.check, '/dishwasher/start', 't-dishwasher', leeway),
    ...protectedAddress(nodes.checkOven, '/oven/start', 't-oven', leeway),
    ...careless,
    answer('t-answer'),
    ...revoking(),
    ...['status', 'suspend', 'resume'].flatMap(identity),
    ...told('/test/share', 't-share', 'share', sharing),
    ...told('/test/share-once', 't-share-once', 'share', { ...sharing, hours: 'always', once: true }),
    ...told('/test/call', 't-call', 'uma-request', { ...call, ...thermostat, ...dishwasher, sendAs: 'call' }, 2),
    ...told(
      '/test/headers',
      't-headers',
      'uma-request',
      { ...call, ...thermostat, ...dishwasher, sendAs: 'headers' },
      2,
    ),
    ...told(
      '/test/ask',
      't-ask',
      'uma-request',
      { ...call, ...thermostat, resourceType: 'ask', origin: askOrigin, url: '/stove', sendAs: 'call' },
      2,
    ),
    script(
      't-told',
      'const { payload, uma, statusCode, headers } = msg; msg.payload = { payload, uma, statusCode, headers }; msg.statusCode = 200; msg.headers = {}; return msg;',
      't-answer',
    ),
    place('t-catch', 'catch', [['t-fault']], { scope: null, uncaught: false }),
    script(
      't-fault',
      'msg.payload = { error: msg.error.code, uma: msg.uma }; msg.statusCode = 500; msg.headers = {}; return msg;',
      't-answer',
    ),
  ];
}
