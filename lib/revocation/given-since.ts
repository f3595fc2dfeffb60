/**
 * Which shares were given after a device or a resource was denied, where the server's clock, which counts whole seconds,
 * cannot say it of their tokens.
 */
import type { Cut } from './denial.ts';

/** As the server tells of it. */
export interface GivenShare {
  share: string;
  device: string;
  resource: string;
}

export interface GivenSince {
  /** An order comes into force. */
  begin(order: string): void;
  end(order: string): void;
  /** The server has told of a new share. */
  give(share: GivenShare): void;
  /**
   * Was this share of what the cut is about given after the server had ended all there was of it? It was heard of since the
   * denial is in force here, and it is none of those that ended: had the server given it before it heard of the order, it
   * would have ended with the others.
   */
  isAfter(cut: Cut, share: string | undefined): boolean;
}

/** More than an owner gives in the seconds that matter. */
const MOST = 1_000;

/** By a count of what is heard, and no clock. Of a start before, nothing is known: then the clock alone decides. */
export function createGivenSince(): GivenSince {
  const begun = new Map<string, number>();
  const given = new Map<string, GivenShare & { count: number }>();
  let count = 0;
  return {
    begin(order) {
      count += 1;
      begun.set(order, count);
    },
    end: (order) => void begun.delete(order),
    give(share) {
      count += 1;
      // Heard of twice, it was given before the first time.
      if (given.has(share.share)) return;
      given.set(share.share, { ...share, count });
      const [oldest] = given.keys();
      if (given.size > MOST && oldest !== undefined) given.delete(oldest);
    },
    isAfter({ order, target, deadShares }, id = '') {
      const share = given.get(id);
      if (share === undefined || share.count <= (begun.get(order) ?? count) || deadShares.includes(id)) return false;
      if ('device' in target) return target.device === share.device;
      return 'resource' in target && target.resource === share.resource;
    },
  };
}
