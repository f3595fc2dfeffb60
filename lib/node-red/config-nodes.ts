/** The three config nodes as the others see them: a server's connection, and what a device or a resource is to be. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { DeviceWish, Gateway, ResourceWish } from '../gateway/gateway.ts';
import type { DecisionLog } from './decision-log.ts';
import { FlowError } from './flow-error.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import { parseScopes } from './scopes.ts';

export const SERVER_TYPE = 'uma-authorization-server';
export const DEVICE_TYPE = 'uma-device';
export const RESOURCE_TYPE = 'uma-resource';

export interface ServerNode extends Node {
  uma: GatewayConnection;
  /** What was decided with it, for those who look on. */
  decisions: DecisionLog;
}
export interface DeviceNode extends Node {
  server: string;
  wish: DeviceWish;
}
export interface ResourceNode extends Node {
  server: string;
  wish: ResourceWish;
}

export interface DeviceConfig extends NodeDef {
  key?: string;
  server?: string;
  algorithm?: string;
}
export interface ResourceConfig extends NodeDef {
  key?: string;
  server?: string;
  resourceType?: string;
  scopes?: string;
  critical?: boolean;
}

function find<T extends Node>(RED: NodeAPI, id: string | undefined, type: string): T | undefined {
  const node = id ? (RED.nodes.getNode(id) as Node | null) : null;
  return node?.type === type ? (node as T) : undefined;
}

export function findServer(RED: NodeAPI, id: string | undefined): ServerNode | undefined {
  const node = find<ServerNode>(RED, id, SERVER_TYPE);
  // A server node whose settings cannot be used has no connection.
  return node && 'uma' in node ? node : undefined;
}
export const findDevice = (RED: NodeAPI, id: string | undefined): DeviceNode | undefined =>
  find<DeviceNode>(RED, id, DEVICE_TYPE);
export const findResource = (RED: NodeAPI, id: string | undefined): ResourceNode | undefined =>
  find<ResourceNode>(RED, id, RESOURCE_TYPE);

/**
 * The one connection behind what a node names: its own server setting, or that of its device and resource.
 * @throws FlowError `no_server`, `different_servers`
 */
export function connectionOf(RED: NodeAPI, serverIds: (string | undefined)[]): GatewayConnection {
  const named = [...new Set(serverIds.filter((id) => id !== undefined && id !== ''))];
  if (named.length > 1) throw new FlowError('different_servers');
  const server = findServer(RED, named[0]);
  if (!server) throw new FlowError('no_server');
  return server.uma;
}

/** Keeps a config node's device or resource with the gateway for as long as the node is there. */
function keep(RED: NodeAPI, node: Node, server: string | undefined, take: (gateway: Gateway) => () => void): void {
  const connection = findServer(RED, server)?.uma;
  if (connection) node.on('close', connection.hold(take));
}

function keyOf(config: { key?: string; name?: string }): string {
  return config.key?.trim() || config.name?.trim() || '';
}

/** A device whose key this gateway keeps: provisioned while its node is there, and remembered after. */
export function becomeDevice(RED: NodeAPI, node: Node, config: DeviceConfig): void {
  const key = keyOf(config);
  const wish: DeviceWish = {
    key,
    name: config.name?.trim() || key,
    algorithm: config.algorithm === 'EdDSA' ? 'EdDSA' : 'ES256',
  };
  Object.assign(node, { server: config.server ?? '', wish } satisfies Partial<DeviceNode>);
  if (key !== '') keep(RED, node, config.server, (gateway) => gateway.holdDevice(wish));
}

/** A resource that this gateway protects: registered with the server while its node is there. */
export function becomeResource(RED: NodeAPI, node: Node, config: ResourceConfig): void {
  const key = keyOf(config);
  const type = config.resourceType?.trim();
  const wish: ResourceWish = {
    key,
    name: config.name?.trim() || key,
    ...(type && { type }),
    scopes: parseScopes(config.scopes),
    critical: config.critical === true,
  };
  Object.assign(node, { server: config.server ?? '', wish } satisfies Partial<ResourceNode>);
  if (key !== '') keep(RED, node, config.server, (gateway) => gateway.holdResource(wish));
}
