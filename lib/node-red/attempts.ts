/** Requests of the *HTTP headers* way, kept for the moment: a 401 that is wired back finds its own here. */
import { randomUUID } from 'node:crypto';
import type { CallWish } from '../gateway/gateway.ts';
import type { Message } from './host.ts';

export interface Attempt {
  wish: CallWish;
  /** The message as it arrived: what core's `http request` writes over is restored. */
  before: Partial<Message>;
  /** One UMA challenge and one nonce challenge are answered, never more. */
  umaAnswered: boolean;
  nonceAnswered: boolean;
}

export interface Attempts {
  keep(attempt: Attempt): string;
  /** The attempt is taken: the same 401 wired back twice finds nothing. */
  take(id: string): Attempt | undefined;
  /** Is this one of ours, known or long forgotten? */
  owns(id: unknown): id is string;
  clear(): void;
}

const MOST = 100;
const KEPT_MS = 60_000;

/** What core's `http request` writes to a message. */
const WRITTEN_BY_CORE = [
  'payload',
  'headers',
  'method',
  'url',
  'statusCode',
  'responseUrl',
  'redirectList',
  'responseCookies',
  'retry',
] as const;

/** The part of a message that a call will write over. */
export function remember(msg: Message, clone: (part: Partial<Message>) => Partial<Message>): Partial<Message> {
  return clone(Object.fromEntries(WRITTEN_BY_CORE.filter((name) => name in msg).map((name) => [name, msg[name]])));
}

/** Puts a message back to what it was before the call. */
export function restore(msg: Message, before: Partial<Message>): void {
  for (const name of WRITTEN_BY_CORE) {
    if (name in before) msg[name] = before[name];
    else delete msg[name];
  }
}

/** Bounded by number and by age; the oldest goes first. */
export function createAttempts(nodeId: string, nowMs: () => number): Attempts {
  const kept = new Map<string, { attempt: Attempt; untilMs: number }>();
  const prefix = `${nodeId}.`;
  const forgetOld = (): void => {
    for (const [id, { untilMs }] of kept) {
      if (untilMs > nowMs() && kept.size < MOST) return;
      kept.delete(id);
    }
  };
  return {
    keep: (attempt) => {
      forgetOld();
      const id = prefix + randomUUID();
      kept.set(id, { attempt, untilMs: nowMs() + KEPT_MS });
      return id;
    },
    take: (id) => {
      const found = kept.get(id);
      kept.delete(id);
      return found && found.untilMs > nowMs() ? found.attempt : undefined;
    },
    owns: (id): id is string => typeof id === 'string' && id.startsWith(prefix),
    clear: () => kept.clear(),
  };
}
