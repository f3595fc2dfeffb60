import { callProtectionApi } from '../uma/protection-api.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';

/** Tells the server how far its changes have taken effect here; the newest number stands for all before it. */
export interface Acknowledging {
  upTo(number: number): void;
  /** The server counts on from here, which may be earlier than before. */
  from(number: number): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createAcknowledging(link: Link, protection: Protection, signal: AbortSignal): Acknowledging {
  let reached = 0;
  let told = 0;
  let underWay: Promise<void> | undefined;

  async function tell(): Promise<void> {
    try {
      while (reached > told) {
        const number = reached;
        const url = link.url('/events/ack');
        await protection.call((api) => callProtectionApi(api, 'POST', url, link.http(signal), { number }), signal);
        told = number;
      }
    } catch {
      // Whoever waits for it at the server is told "unconfirmed"; the next change carries it along.
    } finally {
      underWay = undefined;
    }
  }

  return {
    upTo(number) {
      reached = Math.max(reached, number);
      underWay ??= tell();
    },
    from(number) {
      reached = number;
      told = number;
    },
    idle: async () => underWay,
  };
}
