/**
 * A real Node-RED inside this process, with a row of *change* nodes: what it takes from one node of core's to the next,
 * beside a decision that needs no proof. Tells its parent the figures.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Compared, sideBySide, timeEach } from '../side-by-side.ts';
import { type DecisionParts, openDecisionParts } from './decision-parts.ts';

const rounds = 30;
const hops = 50;
const messagesPerRound = 40;
const warmUpRounds = 10;

/** The part of Node-RED's own interface that is used here. */
interface NodeRed {
  init(server: object, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  events: NodeJS.EventEmitter;
  nodes: { getNode(id: string): { receive(msg: object): void } };
}

function row(): object[] {
  const change = (index: number): object => ({
    ...{
      id: `hop-${index}`,
      type: 'change',
      z: 'tab',
      name: '',
      wires: [[index === hops ? 'end' : `hop-${index + 1}`]],
    },
    rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'through', tot: 'str' }],
  });
  const func = 'global.get("arrived")(msg);';
  return [
    { id: 'tab', type: 'tab', label: 'Row' },
    ...Array.from({ length: hops }, (_none, index) => change(index + 1)),
    { id: 'end', type: 'function', z: 'tab', name: '', func, outputs: 0, timeout: 0, libs: [], wires: [] },
  ];
}

/** @returns sends one message all the way, and resolves when it has arrived */
async function openRow(userDir: string): Promise<{ through(): Promise<void>; close(): Promise<void> }> {
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(row()));
  let arrived: () => void = () => {};
  const RED = createRequire(import.meta.url)('node-red') as NodeRed;
  RED.init(createServer(), {
    ...{ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false },
    ...{ logging: { console: { level: 'off' } }, functionGlobalContext: { arrived: () => arrived() } },
  });
  const started = once(RED.events, 'flows:started');
  await RED.start();
  await started;
  const first = RED.nodes.getNode('hop-1');
  return {
    through: () =>
      new Promise((resolve) => {
        arrived = resolve;
        first.receive({ payload: 'start' });
      }),
    close: () => RED.stop(),
  };
}

async function compare(parts: DecisionParts, through: () => Promise<void>): Promise<Compared> {
  const messages = Array.from({ length: messagesPerRound });
  const decisions = Array.from({ length: messagesPerRound * hops }, () => parts.unproved);
  return sideBySide(
    rounds,
    () => timeEach(decisions, parts.decide),
    async () => (await timeEach(messages, through)) / hops,
    warmUpRounds,
  );
}

async function main(): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-bench-hop-'));
  const nodeRed = await openRow(userDir);
  const parts = await openDecisionParts();
  process.send?.(await compare(parts, nodeRed.through));
  await parts.close();
  await nodeRed.close();
  rmSync(userDir, { recursive: true, force: true });
  process.disconnect();
}

main().catch((fault: unknown) => {
  console.error(fault);
  process.exit(1);
});
