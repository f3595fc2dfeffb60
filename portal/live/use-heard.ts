import { useEffect, useState } from 'preact/hooks';
import type { Portal } from '../shell/portal.ts';

/** Longer than an answer takes; a server that is slow to be heard is asked meanwhile. */
const PATIENCE_MS = 1_000;

/**
 * Is it time to read what is to be shown? Whatever changes while it is read has to be heard of, else all is read twice: so
 * not before the server is heard, or is known not to be, for the first time.
 */
export function useHeard({ live }: Pick<Portal, 'live'>): boolean {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    if (isTime) return undefined;
    const look = () => {
      if (!live.isOpening()) setTime(true);
    };
    const unwatch = live.watch(look);
    const timer = setTimeout(() => setTime(true), PATIENCE_MS);
    look();
    return () => {
      unwatch();
      clearTimeout(timer);
    };
  }, [live, isTime]);
  return isTime;
}
