import type { Node, NodeAPI } from 'node-red';
import { followServer } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';
import { share, shareServers } from '../../lib/node-red/share.ts';
import { readShareSettings, type ShareConfig } from '../../lib/node-red/share-settings.ts';
import { keepRequestWatches, watchRequests } from '../../lib/node-red/watch-requests.ts';

/** share: the owner says yes. */
export default function (RED: NodeAPI): void {
  const watches = keepRequestWatches();
  function Share(this: Node, config: ShareConfig): void {
    RED.nodes.createNode(this, config);
    const settings = readShareSettings(config);
    const host = createHost(RED, this);
    followServer(host, shareServers(host, settings).find(Boolean));
    if (settings.action === 'watch') watchRequests(host, settings.server, watches);
    onMessage(host, (arrival) => share(host, arrival, settings));
  }
  RED.nodes.registerType('share', Share);
}
