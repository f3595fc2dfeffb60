import type { Node, NodeAPI } from 'node-red';
import { serveServerForms } from '../../lib/node-red/admin-server.ts';
import type { OpenGateway } from '../../lib/node-red/gateway-connection.ts';
import { type ServerNodeConfig, serverNodes } from '../../lib/node-red/server-node.ts';

/**
 * uma-authorization-server: one owner's connection to one authorization server.
 *
 * @param open - another way of opening gateways, for tests
 */
export default function (RED: NodeAPI, open?: OpenGateway): void {
  const become = serverNodes(RED, open);
  function AuthorizationServer(this: Node, config: ServerNodeConfig): void {
    RED.nodes.createNode(this, config);
    become(this, config);
  }
  RED.nodes.registerType('uma-authorization-server', AuthorizationServer, {
    credentials: { registrationToken: { type: 'password' } },
  });
  serveServerForms(RED);
}
