import type { NodeAPI } from 'node-red';
import type { GatewayConnection } from './gateway-connection.ts';

/**
 * Lets a gateway know when every node of the flows is there, and when they are about to change. In between some are gone and
 * not yet back, and would look as if no flow had them.
 *
 * @returns ends it
 */
export function followFlows(
  { events }: Pick<NodeAPI, 'events'>,
  { hold }: Pick<GatewayConnection, 'hold'>,
): () => void {
  let letGo = (): void => {};
  const stopping = (): void => letGo();
  // Behind the holds of all nodes, also where the gateway is still being opened.
  const started = (): void => {
    letGo();
    letGo = hold((gateway) => gateway.flowsRun());
  };
  events.on('flows:started', started);
  events.on('flows:stopping', stopping);
  return () => {
    events.removeListener('flows:started', started);
    events.removeListener('flows:stopping', stopping);
    letGo();
  };
}
