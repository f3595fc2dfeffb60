/** Requests at a steady pace over kept connections, answered or not: the load of a flood, or of a home's devices. */
import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Flood {
  sent: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  perSecond: number;
}

const tickMs = 10;
const connections = 50;

/**
 * Sends so many requests each second for so long, however slowly they are answered, up to what 50 connections carry.
 * @param from - addresses of this computer to come from, in turn
 */
export async function flood(
  url: string,
  { perSecond, seconds, from }: { perSecond: number; seconds: number; from: readonly string[] },
): Promise<Flood> {
  const { origin, pathname } = new URL(url);
  const pools = from.map(
    (localAddress) => new Pool(origin, { connections: Math.ceil(connections / from.length), localAddress }),
  );
  const statuses: Record<string, number> = {};
  const count = (what: string | number) => {
    statuses[what] = (statuses[what] ?? 0) + 1;
  };
  const waiting = new Set<Promise<void>>();
  let sent = 0;
  const one = async (): Promise<void> => {
    const pool = pools[sent % pools.length];
    sent += 1;
    try {
      const { statusCode, body } = (await pool?.request({ path: pathname, method: 'POST' })) ?? {};
      await body?.dump();
      count(statusCode ?? 'none');
    } catch {
      count('fault');
    }
  };
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  for (; elapsed() < seconds; await setTimeout(tickMs)) {
    for (const due = Math.floor(elapsed() * perSecond); sent < due && waiting.size < 2_000; ) {
      const asked = one().finally(() => waiting.delete(asked));
      waiting.add(asked);
    }
  }
  await Promise.all(waiting);
  const perSecondDone = sent / elapsed();
  for (const pool of pools) await pool.destroy();
  return { sent, statuses, perSecond: perSecondDone };
}
