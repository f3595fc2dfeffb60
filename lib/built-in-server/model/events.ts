import { createEpochs } from './epochs.ts';
import { type Acknowledgement, createEventHub } from './event-hub.ts';
import type { Change, EventRecord } from './records.ts';
import { numberKey, type Tables } from './tables.ts';

const KEPT_EVENTS = 10_000;

/** What gateways are told: numbered, kept for replay, and acknowledged. */
export interface Events {
  /** Adds an event for these gateways (client ids); listeners hear it once the surrounding transaction has run. */
  add(change: Change, gateways: readonly string[]): number;
  /** Events after number `after` that concern this gateway, in order. */
  since(after: number, gateway: string): EventRecord[];
  /** Call it once at each start, in a transaction: from now on numbers belong to another epoch. */
  begin(): void;
  /** The epoch that numbers belong to now. */
  epoch(): string | undefined;
  /**
   * Where a gateway that has heard up to number `after` has missed what is kept no more, or has heard what this store, put
   * back from a backup, does not know: the number up to which it knows nothing.
   * @param epoch - in which it heard that number; without one, only numbers that were never given are noticed
   */
  gapAfter(after: number, epoch?: string): number | undefined;
  /** Whether what was heard up to there is no part of the past that this store knows, as where a backup was put back. */
  isOtherPast(after: number, epoch?: string): boolean;
  /** The newest number given so far, 0 at first: where a gateway without a number may start. */
  latest(): number;
  /**
   * A gateway is connected while it listens. An event may come both from `since` and here: skip numbers already sent.
   * @returns ends the subscription
   */
  subscribe(gateway: string, listener: (event: EventRecord) => void): () => void;
  connected(gateway: string): boolean;
  acknowledge(gateway: string, number: number): void;
  /**
   * Waits until every connected gateway these events concern has acknowledged, at most `waitMs`.
   * `unconfirmed` names those that have not, connected or not; `except` (the asker) is neither told nor named.
   */
  acknowledged(numbers: readonly number[], waitMs: number, except?: string): Promise<Acknowledgement>;
  close(): void;
}

export function createEvents(
  tables: Pick<Tables, 'events' | 'epochs'>,
  nowMs: () => number,
  kept: number = KEPT_EVENTS,
): Events {
  const rows = tables.events;
  const hub = createEventHub(nowMs);
  const epochs = createEpochs(tables);
  const latest = () => rows.all({ reverse: true, limit: 1 })[0]?.number ?? 0;
  const isOtherPast = (after: number, epoch?: string) =>
    after > latest() || (epoch !== undefined && !epochs.knows(epoch, after, latest()));
  const announce = (number: number) => {
    // A transaction that failed has taken its events back by now.
    const event = rows.get(numberKey(number));
    if (event !== undefined) hub.deliver(event);
  };
  return {
    add(change, gateways) {
      const number = latest() + 1;
      rows.put(numberKey(number), { number, atMs: nowMs(), gateways: [...new Set(gateways)], change });
      if (number > kept) rows.remove(numberKey(number - kept));
      queueMicrotask(() => announce(number));
      return number;
    },
    since: (after, gateway) =>
      rows.all({ after: numberKey(Math.max(0, after)) }).filter((event) => event.gateways.includes(gateway)),
    begin: () => epochs.begin(latest()),
    epoch: epochs.current,
    gapAfter(after, epoch) {
      if (isOtherPast(after, epoch)) return latest();
      const [oldest] = rows.all({ limit: 1 });
      return oldest !== undefined && oldest.number > after + 1 ? oldest.number - 1 : undefined;
    },
    isOtherPast,
    latest,
    subscribe: hub.subscribe,
    connected: hub.connected,
    acknowledge: (gateway, number) => hub.acknowledge(gateway, Math.min(number, latest())),
    acknowledged(numbers, waitMs, except) {
      const events = numbers.flatMap((number) => rows.get(numberKey(number)) ?? []);
      return hub.acknowledged(events, waitMs, except);
    },
    close: hub.close,
  };
}
