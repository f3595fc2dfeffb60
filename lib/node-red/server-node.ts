/** The server config node: opens its gateway, says how it stands, gives it back when it closes. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { GatewaySettings } from '../gateway/gateway.ts';
import { openGateway } from '../gateway/open-gateway.ts';
import type { ServerNode } from './config-nodes.ts';
import { hintOf } from './flow-error.ts';
import { connect, type OpenGateway } from './gateway-connection.ts';
import { gatewaySettings, type ServerConfig } from './gateway-settings.ts';
import { type StandingLog, standingLog } from './standing-log.ts';
import { wordsOf } from './words.ts';

export type ServerNodeConfig = NodeDef & ServerConfig;

interface Credentials {
  registrationToken?: string;
}

/** The settings of the first server node of each connection: a second one, as an import makes it, uses the first. */
type Firsts = Map<string, { node: Node; settings: GatewaySettings }>;

function useFirst(RED: NodeAPI, node: Node, settings: GatewaySettings, firsts: Firsts): GatewaySettings {
  const { connection } = settings;
  const first = firsts.get(connection);
  if (first) {
    if (JSON.stringify(first.settings.server) !== JSON.stringify(settings.server))
      node.warn(wordsOf(RED)({ key: 'log.uses_first_server', values: { connection } }));
    return first.settings;
  }
  firsts.set(connection, { node, settings });
  node.on('close', () => {
    if (firsts.get(connection)?.node === node) firsts.delete(connection);
  });
  return settings;
}

/** @returns what makes a server config node of a freshly created node; it remembers which was first */
export function serverNodes(
  RED: NodeAPI,
  open: OpenGateway = openGateway,
): (node: Node, config: ServerNodeConfig) => void {
  const firsts: Firsts = new Map();
  const words = wordsOf(RED);
  return (node, config) => {
    const { registrationToken } = (node.credentials ?? {}) as Credentials;
    const log: StandingLog = {
      info: (line) => node.log(line),
      warn: (line) => node.warn(line),
      print: (line) => console.log(line),
    };
    try {
      const own = gatewaySettings(RED, config, registrationToken, log.info);
      const connection = connect(open, useFirst(RED, node, own, firsts));
      connection.watch(standingLog(words, connection.settings.connection, log));
      node.on('close', connection.release);
      Object.assign(node, { uma: connection } satisfies Partial<ServerNode>);
    } catch (error) {
      node.error(words(hintOf(error)));
    }
  };
}
