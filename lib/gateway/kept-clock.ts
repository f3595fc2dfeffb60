import { type Clock, createClock } from '../decision/clock.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

const highestTime: TableKind<number> = { name: 'highest-time', version: 1, read: (stored) => Number(stored) };

export interface KeptClockWish {
  log(line: string): void;
  nowMs?(): number;
  /**
   * A person's word that the clock was ahead at some time before this one: it was not later than this when it was said
   * (docs/clock.md). Milliseconds since 1970. It counts once, so that one that is left where it was said brings no old
   * date back.
   */
  wasAhead?: number;
}

/** The gateway's clock, whose highest mark outlives the process. @throws StoreError where a person's word cannot be kept */
export async function keptClock(
  store: GatewayStore,
  { log, nowMs = Date.now, wasAhead }: KeptClockWish,
): Promise<Clock> {
  const times = store.table(highestTime);
  if (wasAhead !== undefined && times.get('was-ahead') !== wasAhead)
    await store.transaction(() => {
      times.put('was-ahead', wasAhead);
      if ((times.get('ms') ?? 0) > wasAhead) times.put('ms', wasAhead);
    });
  const clock = createClock({
    nowMs,
    readHighest: () => times.get('ms'),
    writeHighest: (highestMs) => times.put('ms', highestMs),
  });
  if (clock.behind(60)) {
    const mark = new Date(clock.latestMs()).toISOString();
    log(
      `The clock of this computer has shown ${mark} before; until then nothing is allowed. What to do: docs/clock.md`,
    );
  }
  return clock;
}
