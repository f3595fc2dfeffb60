/** Flows for tests: config nodes that are always the same, one node under test, and what came out of it. */
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import helper from 'node-red-node-test-helper';
import deviceIdentity from '../../nodes/device-identity/device-identity.ts';
import revoke from '../../nodes/revoke/revoke.ts';
import rptCheck from '../../nodes/rpt-check/rpt-check.ts';
import share from '../../nodes/share/share.ts';
import server from '../../nodes/uma-authorization-server/uma-authorization-server.ts';
import device from '../../nodes/uma-device/uma-device.ts';
import umaRequest from '../../nodes/uma-request/uma-request.ts';
import resource from '../../nodes/uma-resource/uma-resource.ts';
import umaSidebar from '../../nodes/uma-sidebar/uma-sidebar.ts';
import { createFakeGateways, type FakeGateway, type FakeGateways } from './fake-gateway.ts';

export type Message = NodeMessageInFlow & { uma?: Record<string, unknown>; payload?: unknown };

export const configs = [
  { id: 'n-home', type: 'uma-authorization-server', name: 'Home', kind: 'built-in', port: '0', connection: 'home' },
  {
    id: 'n-thermostat',
    type: 'uma-device',
    name: 'Thermostat',
    key: 'thermostat',
    server: 'n-home',
    algorithm: 'ES256',
  },
  {
    id: 'n-dishwasher',
    type: 'uma-resource',
    name: 'Dishwasher',
    key: 'dishwasher',
    server: 'n-home',
    scopes: 'start, stop',
    critical: false,
  },
] as const;

export interface Running {
  gateways: FakeGateways;
  fake(): FakeGateway;
  /** Sends a message into the node under test. */
  give(msg: Record<string, unknown>): void;
  /** The next message of an output; 3 is what a Catch node got. */
  next(output: 1 | 2 | 3): Promise<Message>;
  /** Messages of an output so far. */
  seen(output: 1 | 2 | 3): Message[];
  statuses: { text?: string; fill?: string }[];
  node: Node;
}

/** Starts the helper's Node-RED around a describe block. */
export function withNodeRed(settings: object = {}): void {
  before(async () => {
    helper.init(createRequire(import.meta.url).resolve('node-red'));
    helper.settings({ userDir: tmpdir(), ...settings });
    await helper.startServer();
  });
  afterEach(async () => await helper.unload());
  after(async () => await helper.stopServer());
}

function collect(id: string): { seen: Message[]; next(): Promise<Message> } {
  const seen: Message[] = [];
  const waiting: ((msg: Message) => void)[] = [];
  let given = 0;
  helper.getNode(id).on('input', (msg: NodeMessageInFlow) => {
    seen.push(msg);
    const waiter = waiting.shift();
    if (!waiter) return;
    given += 1;
    waiter(msg);
  });
  return {
    seen,
    next: () => {
      const ready = seen[given];
      if (ready) {
        given += 1;
        return Promise.resolve(ready);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export interface FlowOptions {
  gateways?: FakeGateways;
  /** More nodes, or others in place of the usual config nodes. */
  nodes?: object[];
  credentials?: object;
  /** Of nodes that are not ours. */
  types?: ((RED: NodeAPI) => void)[];
}

/** Loads one node of ours between a Catch node and collectors of its outputs. */
export async function aFlow(config: Record<string, unknown>, options: FlowOptions = {}): Promise<Running> {
  const gateways = options.gateways ?? createFakeGateways();
  const own = options.nodes ?? [];
  const replaced = new Set(own.map((node) => (node as { id: string }).id));
  const flow = [
    { id: 'tab', type: 'tab', label: 'Test' },
    ...configs.filter(({ id }) => !replaced.has(id)),
    ...own,
    { id: 'under-test', z: 'tab', x: 1, y: 1, wires: [['out-1'], ['out-2']], ...config },
    { id: 'caught', z: 'tab', x: 1, y: 1, type: 'catch', scope: ['under-test'], wires: [['out-3']] },
    ...[1, 2, 3].map((output) => ({ id: `out-${output}`, z: 'tab', x: 1, y: 1, type: 'helper', wires: [] })),
  ];
  const nodes = [
    (RED: NodeAPI) => server(RED, gateways.open),
    umaSidebar,
    device,
    resource,
    deviceIdentity,
    umaRequest,
    rptCheck,
    share,
    revoke,
    createRequire(import.meta.url)('@node-red/nodes/core/common/25-catch.js') as (RED: NodeAPI) => void,
    ...(options.types ?? []),
  ];
  const statuses: Running['statuses'] = [];
  const outputs = new Map<number, ReturnType<typeof collect>>();
  await helper.load(nodes, flow, options.credentials ?? {});
  for (const output of [1, 2, 3]) outputs.set(output, collect(`out-${output}`));
  const node = helper.getNode('under-test');
  const spied: NodeJS.EventEmitter = node;
  spied.on('call:status', (call: { args: [Running['statuses'][number]] }) => statuses.push(call.args[0]));
  const output = (number: number): ReturnType<typeof collect> => outputs.get(number) ?? collect(`out-${number}`);
  return {
    gateways,
    fake: () => gateways.last(),
    give: (msg) => node.receive(msg as unknown as Message),
    next: (number) => output(number).next(),
    seen: (number) => output(number).seen,
    statuses,
    node,
  };
}
