import { findServer } from './config-nodes.ts';
import type { Host } from './host.ts';
import { wordsOf } from './words.ts';

/**
 * Shows under a node how its server stands, from the first moment on, and lets it speak that server's language. What is
 * shown of a message goes once it is not so any more. A node without a server shows nothing.
 */
export function followServer(host: Host, serverId: string | undefined): void {
  const { red, node, light, passes } = host;
  const connection = findServer(red, serverId)?.uma;
  if (!connection) return;
  host.words = wordsOf(red, connection.settings.language);
  node.on('close', connection.watch(light.follow));
  node.on(
    'close',
    connection.hold((gateway) => gateway.watchEnded(passes.ended)),
  );
  node.on(
    'close',
    connection.hold((gateway) => gateway.watchDevices(({ device, state }) => light.turn(device, state))),
  );
}
