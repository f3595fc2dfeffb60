/** share, *watch*: one message for each new request, so that a flow can tell its owner. */
import { requestSentence } from '../sharing/sentence.ts';
import type { ShareRequest } from '../sharing/share.ts';
import { connectionOf } from './config-nodes.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import type { Host } from './host.ts';
import { complain, keepWatches, type Watches } from './watches.ts';

/** Call once for a type of nodes. */
export const keepRequestWatches = (): Watches<ShareRequest> => keepWatches<ShareRequest>();

export function watchRequests(host: Host, server: string | undefined, watches: Watches<ShareRequest>): void {
  try {
    const connection = connectionOf(host.red, [server]);
    watches.open(host, {
      connection,
      subscribe: (gateway, tell) => gateway.watchRequests(tell),
      leave: (_gateway, request) => leave(host, request),
    });
    askForAuthority(host, connection);
  } catch (error) {
    complain(host, error);
  }
}

/** Without an owner's leave to read there is nothing to hear: the link to it is told once, when the server is there. */
function askForAuthority(host: Host, connection: GatewayConnection): void {
  let asked = false;
  const stop = connection.watch(({ phase }) => {
    const gateway = connection.gateway();
    if (asked || phase !== 'ready' || !gateway) return;
    asked = true;
    gateway.owner().catch((error: unknown) => !host.closed.aborted && complain(host, error));
  });
  host.node.on('close', stop);
}

function leave(host: Host, request: ShareRequest): void {
  const sentence = host.words(requestSentence(request));
  host.light.show('pending');
  host.node.send({
    _msgid: host.red.util.generateId(),
    topic: request.deviceName,
    payload: { ...request, sentence },
    uma: { action: 'watch', request: request.id, sentence },
  });
}
