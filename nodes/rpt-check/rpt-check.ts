import type { Node, NodeAPI } from 'node-red';
import { check } from '../../lib/node-red/check.ts';
import { type CheckConfig, readCheckSettings, resourceServer } from '../../lib/node-red/check-settings.ts';
import { followServer, warnOfFixedStatus } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';

/** rpt-check: may this message pass? */
export default function (RED: NodeAPI): void {
  function RptCheck(this: Node, config: CheckConfig): void {
    RED.nodes.createNode(this, config);
    const settings = readCheckSettings(config);
    const host = createHost(RED, this);
    followServer(host, resourceServer(host, settings));
    warnOfFixedStatus(host);
    onMessage(host, (arrival) => check(host, arrival, settings));
  }
  RED.nodes.registerType('rpt-check', RptCheck);
}
