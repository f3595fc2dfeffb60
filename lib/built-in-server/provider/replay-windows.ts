import { createReplayWindow, type ReplayWindow, type ReplayWindowLimits } from '../../proof/replay-window.ts';

/** Two memories of what was used: whoever has an owner must not be shut out because strangers have filled theirs. */
export interface ReplayWindows {
  /** @param known - whether whoever uses it belongs to an owner */
  of(known: boolean): ReplayWindow;
}

const STRANGERS: ReplayWindowLimits = { limit: 20_000, limitPerKey: 500 };

/** What was used in one is used in both: a device may be claimed in between. */
export function createReplayWindows(strangers: ReplayWindowLimits = STRANGERS): ReplayWindows {
  const ofKnown = createReplayWindow();
  const ofStrangers = createReplayWindow(strangers);
  const windows = { known: joined(ofKnown, ofStrangers), strangers: joined(ofStrangers, ofKnown) };
  return { of: (known) => (known ? windows.known : windows.strangers) };
}

function joined(own: ReplayWindow, other: ReplayWindow): ReplayWindow {
  return {
    ...own,
    has: (use) => own.has(use) || other.has(use),
    take: (use, nowMs) => (other.has(use) ? 'replayed' : own.take(use, nowMs)),
  };
}
