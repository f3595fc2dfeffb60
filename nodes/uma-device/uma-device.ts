import type { Node, NodeAPI } from 'node-red';
import { becomeDevice, type DeviceConfig } from '../../lib/node-red/config-nodes.ts';

/** uma-device: a device whose key this Node-RED keeps. */
export default function (RED: NodeAPI): void {
  function Device(this: Node, config: DeviceConfig): void {
    RED.nodes.createNode(this, config);
    becomeDevice(RED, this, config);
  }
  RED.nodes.registerType('uma-device', Device);
}
