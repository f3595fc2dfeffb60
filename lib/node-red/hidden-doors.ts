/** What a deploy warns of where the built-in server is reached through Node-RED's own port: doors that it stands before. */
import type { NodeAPI } from 'node-red';
import { type Door, hiddenDoors } from './own-port-targets.ts';

/** Of Node-RED, what is needed to look. */
type Flows = Pick<NodeAPI, 'events' | 'settings'> & { nodes: Pick<NodeAPI['nodes'], 'eachNode'> };

/**
 * Looks each time that flows have started, since a door may come with a deploy that leaves the server alone.
 *
 * @param issuer - the server's address, behind Node-RED's public one
 * @param warn - hears of each address once, as long as it stays
 * @returns ends it
 */
export function watchHiddenDoors(RED: Flows, issuer: string, warn: (door: string) => void): () => void {
  let told: string[] = [];
  const look = (): void => {
    const doors: Door[] = [];
    RED.nodes.eachNode((config) => doors.push(config));
    const hidden = hiddenDoors(doors, String(RED.settings.httpNodeRoot || '/'), issuer);
    for (const door of hidden.filter((one) => !told.includes(one))) warn(door);
    told = hidden;
  };
  RED.events.on('flows:started', look);
  return () => {
    RED.events.removeListener('flows:started', look);
  };
}
