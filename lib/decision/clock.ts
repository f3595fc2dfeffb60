/**
 * The clock that decisions are made by. It remembers the highest time ever seen, so that a clock which was set back,
 * or starts at an old date after a power cut, revives no share that is over.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** The highest time seen, this moment included: never earlier than anything that happened before. */
  latestMs(): number;
  /** Is the clock behind the highest time seen by more than the leeway? True until it has caught up. */
  behind(leewaySeconds: number): boolean;
}

export interface ClockPorts {
  nowMs(): number;
  /** The mark as stored, in milliseconds; undefined the first time. */
  readHighest(): number | undefined;
  /** Called at most once a minute; what it throws is nobody's message, and it is tried again at the next. */
  writeHighest(highestMs: number): void;
}

const WRITE_EVERY_MS = 60_000;

export function createClock(ports: ClockPorts): Clock {
  const stored = ports.readHighest() ?? 0;
  let highest = stored;
  let writtenAt = stored;

  function nowMs(): number {
    const now = ports.nowMs();
    if (now > highest) highest = now;
    if (highest - writtenAt >= WRITE_EVERY_MS) {
      writtenAt = highest;
      write(highest);
    }
    return now;
  }

  function write(mark: number): void {
    try {
      ports.writeHighest(mark);
    } catch {
      // On a full disk the mark holds in memory, and no message is refused for it.
    }
  }

  function latestMs(): number {
    nowMs();
    return highest;
  }

  return { nowMs, latestMs, behind: (leewaySeconds) => !(nowMs() >= highest - leewaySeconds * 1000) };
}
