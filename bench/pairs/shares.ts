import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessMemory } from '../process-memory.ts';
import type { Row } from '../row.ts';
import { fillWithShares } from '../server/fill.ts';
import { type Askers, moveIn, openAskers } from '../server/household.ts';
import { type ServerProcess, startServer } from '../server/server-process.ts';
import { type Compared, sideBySide, timeAll } from '../side-by-side.ts';
import { spreadOf } from '../spread.ts';

const rounds = 11;
const perRound = 80;
const few = 10;
const many = 100_000;

interface FilledServer {
  server: ServerProcess;
  askers: Askers;
  remove(): Promise<void>;
}

/** Two servers that differ in how many shares they hold. */
export async function shareRows(): Promise<Row[]> {
  const crowded = await filledServer(many);
  const calm = await filledServer(few);
  try {
    const memory: { crowded: ProcessMemory; calm: ProcessMemory }[] = [];
    const compared = await sideBySide(
      rounds,
      () => grants(crowded),
      async () => {
        memory.push({ crowded: crowded.server.memory(), calm: calm.server.memory() });
        return grants(calm);
      },
    );
    return [rateRow(compared), memoryRow(memory)];
  } finally {
    await crowded.remove();
    await calm.remove();
  }
}

async function grants({ askers: { umaTickets, ask } }: FilledServer): Promise<number> {
  return timeAll(await umaTickets(perRound), 1, ask);
}

async function filledServer(shares: number): Promise<FilledServer> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-bench-shares-'));
  const first = await startServer(dir);
  const household = await moveIn(first.issuer);
  await first.stop();
  await fillWithShares(dir, shares - 1);
  const server = await startServer(dir);
  const askers = await openAskers(server.issuer, household, 4);
  return {
    server,
    askers,
    async remove() {
      await askers.sender.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function rateRow({ speeds, oneMs, otherMs }: Compared): Row {
  const rate = (ms: number): string => `${Math.round(1000 / ms)}/s`;
  return {
    ...{ what: 'uma-ticket grants at 100,000 shares / at 10', unit: 'times', bound: { atLeast: 0.85 } },
    ...{ figures: spreadOf(speeds), seen: `${rate(oneMs)} / ${rate(otherMs)}` },
  };
}

function memoryRow(looks: readonly { crowded: ProcessMemory; calm: ProcessMemory }[]): Row {
  const perShare = (what: keyof ProcessMemory) =>
    spreadOf(looks.map(({ crowded, calm }) => ((crowded[what] - calm[what]) * 1000) / (many - few)));
  return {
    ...{ what: 'resident memory for each share', unit: 'kB', bound: { atMost: 1 }, figures: perShare('residentMb') },
    seen: `of these ${perShare('ownMb').median.toFixed(2)} kB are not the mapped store`,
  };
}
