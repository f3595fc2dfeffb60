/**
 * How many permission tickets strangers may cause. Each is a request at the authorization server, so a flood of messages
 * without tokens must never become a flood there.
 */
export interface TicketLimiter {
  /**
   * Takes one ticket's worth, from the source and from all together, or from neither.
   *
   * @param source - whoever sent the message, e.g. a remote address
   * @param proved - a device showed a good token and proof: it may use the reserve that strangers cannot touch
   */
  take(source: string, proved: boolean): boolean;
}

/** A bucket that holds `burst` and gets `perSecond` back. */
export interface Rate {
  perSecond: number;
  burst: number;
}

export interface TicketLimits {
  nowMs(): number;
  perSource?: Rate;
  overall?: Rate;
  /** What of the overall burst only proved messages may use. */
  reserve?: number;
  /** How many sources are told apart at once; the one that was quiet longest goes first. */
  maxSources?: number;
}

interface Bucket {
  level: number;
  atMs: number;
}

export function createTicketLimiter(limits: TicketLimits): TicketLimiter {
  const { nowMs, perSource = { perSecond: 2, burst: 30 }, overall = { perSecond: 20, burst: 200 } } = limits;
  const { reserve = 20, maxSources = 1000 } = limits;
  const all: Bucket = { level: overall.burst, atMs: nowMs() };
  const sources = new Map<string, Bucket>();

  function bucketOf(source: string, now: number): Bucket {
    const bucket = sources.get(source) ?? { level: perSource.burst, atMs: now };
    sources.delete(source);
    const [quietest] = sources.keys();
    if (sources.size >= maxSources && quietest !== undefined) sources.delete(quietest);
    sources.set(source, bucket);
    return bucket;
  }

  return {
    take(source, proved) {
      const now = nowMs();
      const own = refilled(bucketOf(source, now), perSource, now);
      const common = refilled(all, overall, now);
      if (own.level < 1 || common.level < (proved ? 1 : reserve + 1)) return false;
      own.level -= 1;
      common.level -= 1;
      return true;
    },
  };
}

/** A clock that goes back refills nothing. */
function refilled(bucket: Bucket, { perSecond, burst }: Rate, now: number): Bucket {
  const gained = (Math.max(0, now - bucket.atMs) / 1000) * perSecond;
  bucket.level = Math.min(burst, bucket.level + gained);
  bucket.atMs = now;
  return bucket;
}
