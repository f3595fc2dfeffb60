import type { Node, NodeAPI } from 'node-red';
import { createDecisionLog, type DecisionLog } from './decision-log.ts';

/**
 * One log for each server node: a deploy replaces the node and leaves what was decided; deleting the node ends it.
 *
 * @returns what gives a freshly created server node its log
 */
export function decisionLogs({ comms }: NodeAPI): (node: Node) => DecisionLog {
  const logs = new Map<string, DecisionLog>();
  const ports = { publish: comms.publish, nowMs: Date.now };
  return (node) => {
    const log = logs.get(node.id) ?? createDecisionLog(node.id, ports);
    logs.set(node.id, log);
    node.on('close', (removed: boolean, done: () => void) => {
      if (removed) {
        log.forget();
        logs.delete(node.id);
      } else log.flush();
      done();
    });
    return log;
  };
}
