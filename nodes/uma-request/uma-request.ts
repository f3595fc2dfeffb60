import type { Node, NodeAPI } from 'node-red';
import { followServer } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';
import { createRequester, request } from '../../lib/node-red/request.ts';
import { type RequestConfig, requestServers } from '../../lib/node-red/request-settings.ts';
import { warnOfFixedRequest, warnOfUncheckedDoor } from '../../lib/node-red/wiring-warnings.ts';

/** uma-request: get permission and go. */
export default function (RED: NodeAPI): void {
  function UmaRequest(this: Node, config: RequestConfig): void {
    RED.nodes.createNode(this, config);
    const host = createHost(RED, this);
    const requester = createRequester(host, config);
    followServer(host, requestServers(host, requester.settings).find(Boolean));
    if (requester.settings.sendAs === 'headers') warnOfFixedRequest(host);
    warnOfUncheckedDoor(host);
    onMessage(host, (arrival) => request(host, arrival, requester));
  }
  RED.nodes.registerType('uma-request', UmaRequest);
}
