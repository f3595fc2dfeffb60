import type { Node, NodeAPI } from 'node-red';
import { becomeResource, type ResourceConfig } from '../../lib/node-red/config-nodes.ts';

/** uma-resource: something that this Node-RED protects. */
export default function (RED: NodeAPI): void {
  function Resource(this: Node, config: ResourceConfig): void {
    RED.nodes.createNode(this, config);
    becomeResource(RED, this, config);
  }
  RED.nodes.registerType('uma-resource', Resource);
}
