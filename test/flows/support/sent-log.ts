/**
 * Writes down, inside Node-RED, what the nodes under test send and when. Node-RED calls `onSend` in the very tick in
 * which a node sends, which for rpt-check is the last step of its decision. The clock is the computer's monotonic one,
 * the same for every process.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodes } from './test-flow.ts';

export interface Sent {
  atNs: bigint;
  node: string;
  /** From 1, as in the editor. */
  output: number;
  /** The share that the message passed on. */
  share?: string;
  receipt?: string;
}

const program = `
const sent = [];
module.exports = (RED) => {
  const watched = new Set(${JSON.stringify(Object.values(nodes))});
  RED.hooks.add('onSend.sentLog', (events) => {
    for (const { source, msg } of events) {
      if (!watched.has(source.id)) continue;
      const { share, receipt } = msg.uma ?? {};
      sent.push({ at: String(process.hrtime.bigint()), node: source.id, output: source.port + 1, share, receipt });
    }
  });
  RED.httpAdmin.get('/sent-log', (request, response) => response.json(sent));
};
`;

export function installSentLog(userDir: string): void {
  const dir = join(userDir, 'nodes');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'sent-log.js'), program);
  writeFileSync(join(dir, 'sent-log.html'), '');
}

/** Everything sent since Node-RED started, in order. */
export async function readSentLog(url: string): Promise<Sent[]> {
  const lines = (await (await fetch(`${url}/sent-log`)).json()) as (Omit<Sent, 'atNs'> & { at: string })[];
  return lines.map(({ at, ...rest }) => ({ ...rest, atNs: BigInt(at) }));
}

/** Messages that were let through on this share. */
export const passes = (log: Sent[], share: string): Sent[] =>
  log.filter((sent) => sent.node === nodes.check && sent.output === 1 && sent.share === share);

export const nowNs = (): bigint => process.hrtime.bigint();
