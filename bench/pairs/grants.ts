import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../row.ts';
import { type Askers, moveIn, openAskers } from '../server/household.ts';
import { startServer } from '../server/server-process.ts';
import { sideBySide, timeAll } from '../side-by-side.ts';
import { spreadOf } from '../spread.ts';

const rounds = 11;
const perRound = 80;

/** `uma-ticket` against `client_credentials` of the same server, over kept connections; tickets, proofs and assertions made before. */
export async function grantRows(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-bench-grants-'));
  const server = await startServer(dir);
  try {
    const askers = await openAskers(server.issuer, await moveIn(server.issuer), 8);
    const rows = [await grantRow(askers, 1, 'one at a time'), await grantRow(askers, 8, 'eight at once')];
    await askers.sender.close();
    return rows;
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function grantRow({ umaTickets, clientCredentials, ask }: Askers, atOnce: number, how: string): Promise<Row> {
  const { speeds, oneMs, otherMs } = await sideBySide(
    rounds,
    async () => timeAll(await umaTickets(perRound), atOnce, ask),
    async () => timeAll(await clientCredentials(perRound), atOnce, ask),
  );
  return {
    ...{ what: `uma-ticket grants / client_credentials grants, ${how}`, unit: 'times', figures: spreadOf(speeds) },
    bound: { atLeast: 0.6 },
    seen: `${Math.round(1000 / oneMs)}/s / ${Math.round(1000 / otherMs)}/s`,
  };
}
