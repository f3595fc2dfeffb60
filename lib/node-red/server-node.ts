/** The server config node: opens its gateway, says how it stands, gives it back when it closes. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { GatewaySettings } from '../gateway/gateway.ts';
import { openGateway } from '../gateway/open-gateway.ts';
import type { ServerNode } from './config-nodes.ts';
import type { DecisionLog } from './decision-log.ts';
import { decisionLogs } from './decision-logs.ts';
import { hintOf } from './flow-error.ts';
import { followFlows } from './follow-flows.ts';
import { connect, type OpenGateway } from './gateway-connection.ts';
import { gatewaySettings, type ServerConfig, takeSecrets } from './gateway-settings.ts';
import { watchHiddenDoors } from './hidden-doors.ts';
import { ownPortReach } from './own-port.ts';
import { type StandingLog, standingLog } from './standing-log.ts';
import { type Words, wordsOf } from './words.ts';

export type ServerNodeConfig = NodeDef & ServerConfig;

interface Credentials {
  registrationToken?: string;
}

/** The server nodes there are, first come first: a later one, as an import makes it, uses what an earlier one has. */
interface First {
  settings: GatewaySettings;
  decisions: DecisionLog;
}
type Firsts = Map<Node, First>;

interface Used {
  settings: GatewaySettings;
  /** Of the node that had the connection before, if any. */
  decisions?: DecisionLog;
  /** Whether an earlier node has the same connection, which then tells how it stands. */
  told: boolean;
}

/** One connection is one gateway, and a Node-RED has one built-in server: whoever comes later uses those, and says so. */
function useFirst(words: Words, log: StandingLog, own: GatewaySettings, firsts: Firsts): Used {
  const { connection, server } = own;
  const earlier = [...firsts.values()];
  const same = earlier.find((first) => first.settings.connection === connection);
  if (same) {
    log.warn(words({ key: 'log.uses_first_server', values: { connection } }));
    return { ...same, told: true };
  }
  const builtIn = earlier.map((first) => first.settings).find((first) => first.server.kind === 'built-in');
  if (builtIn?.server.kind !== 'built-in' || server.kind !== 'built-in') return { settings: own, told: false };
  const values = { connection, first: builtIn.connection, port: builtIn.server.port };
  log.warn(words({ key: 'log.uses_first_built_in', values }));
  const { server: place, ownCertificate, ownPort } = builtIn;
  const taken = { server: place, ...(ownCertificate && { ownCertificate }), ...(ownPort && { ownPort }) };
  return { settings: { ...own, ...taken }, told: false };
}

/** @returns what makes a server config node of a freshly created node; it remembers which was first */
export function serverNodes(
  RED: NodeAPI,
  open: OpenGateway = openGateway,
): (node: Node, config: ServerNodeConfig) => void {
  const firsts: Firsts = new Map();
  const logOf = decisionLogs(RED);
  const taken = takeSecrets(process.env);
  return (node, config) => {
    const { registrationToken } = (node.credentials ?? {}) as Credentials;
    const words = wordsOf(RED, config.language);
    const log: StandingLog = {
      info: (line) => node.log(line),
      warn: (line) => node.warn(line),
      print: (line) => console.log(line),
    };
    try {
      const own = gatewaySettings(RED, config, { ...taken, ...(registrationToken && { registrationToken }) }, log.info);
      const { settings, told, decisions = logOf(node) } = useFirst(words, log, own, firsts);
      firsts.set(node, { settings, decisions });
      node.on('close', () => firsts.delete(node));
      const connection = connect(open, settings);
      const fingerprint = (): string => connection.gateway()?.keyFingerprint ?? '';
      if (!told) connection.watch(standingLog(words, { connection: settings.connection, fingerprint }, log));
      node.on('close', followFlows(RED, connection));
      node.on('close', connection.release);
      const reach = settings === own ? ownPortReach(own.server) : undefined;
      const warnOfDoor = (door: string): void => log.warn(words({ key: 'hint.hidden_door', values: { door } }));
      if (reach) node.on('close', watchHiddenDoors(RED, reach.issuer, warnOfDoor));
      Object.assign(node, { uma: connection, decisions } satisfies Partial<ServerNode>);
    } catch (error) {
      node.error(words(hintOf(error)));
    }
  };
}
