import { setTimeout } from 'node:timers/promises';
import { guardedFlow, openFlow } from '../node-red/flow.ts';
import { type FlowNode, type HomeOptions, type NodeRedHome, nodeRedHome } from '../node-red/home.ts';
import { letIn } from '../node-red/let-in.ts';
import { memoryOf } from '../process-memory.ts';
import type { Row } from '../row.ts';
import { spreadOf } from '../spread.ts';

const starts = 5;
/** Nothing tells when a process has come to rest. */
const restMs = 4_000;

interface Seen {
  startSeconds: number;
  residentMb: number;
}

type Kind = HomeOptions['kind'];

const flows: Record<Kind, (serverPort: number) => FlowNode[]> = {
  bare: openFlow,
  nodes: openFlow,
  server: guardedFlow,
};
const kinds: readonly Kind[] = ['bare', 'nodes', 'server'];

/** Starts each kind of Node-RED in turn, several times, and looks at all three when they have come to rest. */
export async function idleRows(): Promise<Row[]> {
  const homes = await openHomes();
  try {
    const rounds: Record<Kind, Seen>[] = [];
    for (let start = 0; start <= starts; start += 1) rounds.push(await oneRound(homes, start));
    return rowsOf(rounds.slice(1));
  } finally {
    for (const kind of kinds) await homes[kind].remove();
  }
}

async function openHomes(): Promise<Record<Kind, NodeRedHome>> {
  const [bare, nodes, server] = await Promise.all(kinds.map((kind) => nodeRedHome({ kind, flow: flows[kind] })));
  if (!bare || !nodes || !server) throw new Error('a home is missing');
  return { bare, nodes, server };
}

/** The order changes with every round. The first one is for the server to be let in, and for the disk. */
async function oneRound(homes: Record<Kind, NodeRedHome>, round: number): Promise<Record<Kind, Seen>> {
  const seen: Partial<Record<Kind, Seen>> = {};
  const inTurn = kinds.map((_kind, index) => kinds[(index + round) % kinds.length] ?? 'bare');
  const took = new Map<Kind, number>();
  for (const kind of inTurn) took.set(kind, await homes[kind].start());
  await letIn(homes.server);
  await setTimeout(restMs);
  for (const kind of kinds) {
    const { residentMb } = memoryOf(homes[kind].process().pid);
    seen[kind] = { startSeconds: took.get(kind) ?? Number.NaN, residentMb };
  }
  await Promise.all(kinds.map((kind) => homes[kind].stop()));
  return seen as Record<Kind, Seen>;
}

function rowsOf(rounds: Record<Kind, Seen>[]): Row[] {
  const more = (kind: Kind, what: keyof Seen) => spreadOf(rounds.map((round) => round[kind][what] - round.bare[what]));
  const median = (kind: Kind, what: keyof Seen) => spreadOf(rounds.map((round) => round[kind][what])).median;
  const both = (kind: Kind, what: keyof Seen, unit: string): string =>
    `${median(kind, what).toFixed(2)} ${unit} / ${median('bare', what).toFixed(2)} ${unit}`;
  const memory = (kind: Kind, what: string, mb: number): Row => ({
    ...{ what, unit: 'MB', figures: more(kind, 'residentMb'), bound: { atMost: mb } },
    seen: both(kind, 'residentMb', 'MB'),
  });
  return [
    memory('server', 'idle memory with the server at work, above bare Node-RED', 40),
    memory('nodes', 'idle memory with our nodes only, above bare Node-RED', 12),
    {
      ...{ what: 'start-up with the server, above bare Node-RED', unit: 's', bound: { atMost: 0.6 } },
      ...{ figures: more('server', 'startSeconds'), seen: both('server', 'startSeconds', 's') },
    },
  ];
}
