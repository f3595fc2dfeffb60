import { type Clock, createClock } from '../decision/clock.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';

const highestTime: TableKind<number> = { name: 'highest-time', version: 1, read: (stored) => Number(stored) };

/** The gateway's clock, whose highest mark outlives the process. */
export function keptClock(store: GatewayStore): Clock {
  const times = store.table(highestTime);
  return createClock({
    nowMs: Date.now,
    readHighest: () => times.get('ms'),
    writeHighest: (highestMs) => times.put('ms', highestMs),
  });
}
