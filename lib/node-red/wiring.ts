/** Where messages of a flow may come from: for warnings, in the form and at deploy alike. */

/** A node, and the output by which its messages leave. */
export interface Feeder {
  id: string;
  type: string;
  output: number;
}

/** The nodes that lead straight to a node. */
export type FeedersOf = (id: string) => Feeder[];

/**
 * An `http in` from which messages reach the node without having passed a check: whoever may call that address then
 * acts with what the node may do. What a check has refused has not passed it.
 *
 * @returns the id of that `http in`
 */
export function uncheckedDoor(id: string, feedersOf: FeedersOf): string | undefined {
  const seen = new Set([id]);
  for (const at of seen) {
    const unchecked = feedersOf(at).filter(({ type, output }) => type !== 'rpt-check' || output !== 1);
    const door = unchecked.find(({ type }) => type === 'http in');
    if (door) return door.id;
    // What is added here is walked through too.
    for (const feeder of unchecked) seen.add(feeder.id);
  }
  return undefined;
}

/** Can whoever sends a message choose a value of this kind? Where an earlier node sets it, they cannot. */
export function senderMayChoose(type: string): boolean {
  return type === 'msg' || type === 'jsonata';
}
