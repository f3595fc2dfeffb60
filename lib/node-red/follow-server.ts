import { findServer } from './config-nodes.ts';
import type { Host } from './host.ts';
import { wordsOf } from './words.ts';

/**
 * Shows under a node how its server stands, from the first moment on, and lets it speak that server's language. A node
 * without a server shows nothing.
 */
export function followServer(host: Host, serverId: string | undefined): void {
  const { red, node, light } = host;
  const connection = findServer(red, serverId)?.uma;
  if (!connection) return;
  host.words = wordsOf(red, connection.settings.language);
  node.on('close', connection.watch(light.follow));
}
