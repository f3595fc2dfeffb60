import type { Node, NodeAPI } from 'node-red';
import { check } from '../../lib/node-red/check.ts';
import { type CheckConfig, readCheckSettings, resourceServer } from '../../lib/node-red/check-settings.ts';
import { followServer } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';
import { keepCallers } from '../../lib/node-red/left-callers.ts';
import { warnOfCheck } from '../../lib/node-red/wiring-warnings.ts';

/** rpt-check: may this message pass? */
export default function (RED: NodeAPI): void {
  const callers = keepCallers(RED);
  function RptCheck(this: Node, config: CheckConfig): void {
    RED.nodes.createNode(this, config);
    const settings = readCheckSettings(config);
    const host = createHost(RED, this);
    followServer(host, resourceServer(host, settings));
    warnOfCheck(host, config);
    callers.guard(this);
    onMessage(host, (arrival) => {
      callers.came(this, arrival.msg);
      return check(host, arrival, settings);
    });
  }
  RED.nodes.registerType('rpt-check', RptCheck);
}
