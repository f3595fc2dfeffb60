import type { EventRecord } from './records.ts';

/** Who confirmed (with the time it took) and who has not. */
export interface Acknowledgement {
  gateways: { id: string; ms: number }[];
  unconfirmed: string[];
}

export interface EventHub {
  deliver(event: EventRecord): void;
  subscribe(gateway: string, listener: (event: EventRecord) => void): () => void;
  connected(gateway: string): boolean;
  acknowledge(gateway: string, number: number): void;
  acknowledged(events: readonly EventRecord[], waitMs: number, except?: string): Promise<Acknowledgement>;
  close(): void;
}

interface Confirmed {
  number: number;
  atMs: number;
}

/** The live side of events, in memory: who listens now, and how far each has confirmed. */
export function createEventHub(nowMs: () => number): EventHub {
  const listeners = new Map<string, Set<(event: EventRecord) => void>>();
  const confirmed = new Map<string, Confirmed>();
  const waiting = new Set<() => void>();
  const recheck = () => {
    for (const check of [...waiting]) check();
  };
  return {
    deliver(event) {
      for (const gateway of event.gateways) for (const listener of [...(listeners.get(gateway) ?? [])]) listener(event);
    },
    subscribe(gateway, listener) {
      const own = listeners.get(gateway) ?? new Set();
      listeners.set(gateway, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(gateway) === own) listeners.delete(gateway);
        recheck();
      };
    },
    connected: (gateway) => listeners.has(gateway),
    acknowledge(gateway, number) {
      if (number <= (confirmed.get(gateway)?.number ?? 0)) return;
      confirmed.set(gateway, { number, atMs: nowMs() });
      recheck();
    },
    acknowledged(events, waitMs, except) {
      const needed = neededNumbers(events, except);
      const atMs = Math.min(...events.map((event) => event.atMs));
      const has = (id: string, number: number) => (confirmed.get(id)?.number ?? 0) >= number;
      const settled = () => [...needed].every(([id, number]) => has(id, number) || !listeners.has(id));
      const report = (): Acknowledgement => ({
        gateways: [...needed]
          .filter(([id, number]) => has(id, number))
          .map(([id]) => ({ id, ms: Math.max(0, (confirmed.get(id)?.atMs ?? atMs) - atMs) })),
        unconfirmed: [...needed].filter(([id, number]) => !has(id, number)).map(([id]) => id),
      });
      return waitUntil(settled, waitMs, waiting).then(report);
    },
    close() {
      listeners.clear();
      recheck();
    },
  };
}

/** Up to which number each gateway that these events concern has to confirm. @param except - is not asked */
export function neededNumbers(events: readonly EventRecord[], except: string | undefined): Map<string, number> {
  const needed = new Map<string, number>();
  for (const { number, gateways } of events)
    for (const id of gateways) if (id !== except) needed.set(id, Math.max(number, needed.get(id) ?? 0));
  return needed;
}

/** Resolves when `settled` holds, checked each time something happens, or after `waitMs`. */
function waitUntil(settled: () => boolean, waitMs: number, waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      waiting.delete(check);
      resolve();
    };
    const check = () => {
      if (settled()) finish();
    };
    const timer = setTimeout(finish, waitMs);
    waiting.add(check);
    check();
  });
}
