import type { ServerChange, Watch } from './authorization-server.ts';
import { codeOf } from './errors.ts';
import { type FollowParts, followEvents } from './follow-events.ts';

export type Watcher = (change: ServerChange) => void | Promise<void>;

/**
 * What the server tells this gateway: one stream for however many watch, opened again whenever it breaks, continued after
 * the last change whose effects every watcher has made durable. Only then is a change acknowledged.
 */
export interface Events {
  watch(changed: Watcher): Watch;
  /** 0 before the first time; undefined while nobody watches. */
  lastHeardMs(): number | undefined;
  close(): Promise<void>;
}

export function createEvents(parts: Omit<FollowParts, 'onChange' | 'onAlive'> & { nowMs(): number }): Events {
  const watchers = new Set<Watcher>();
  let lastHeardMs = 0;
  let stream: { closing: AbortController; ended: Promise<void> } | undefined;

  async function tell(change: ServerChange): Promise<void> {
    await Promise.all([...watchers].map(async (watcher) => watcher(change)));
  }

  function begin(): void {
    const closing = new AbortController();
    const ended = followEvents(
      {
        ...parts,
        onChange: tell,
        // Only a sign of life says that there is nothing older to hear: behind a change, others may wait.
        onAlive() {
          lastHeardMs = parts.nowMs();
          tell({ type: 'alive' }).catch((error: unknown) => parts.log(`after a sign of life: ${codeOf(error)}`));
        },
      },
      closing.signal,
    );
    stream = { closing, ended };
  }

  async function stop(): Promise<void> {
    const stopped = stream;
    stream = undefined;
    stopped?.closing.abort(new DOMException('Nobody watches any more', 'AbortError'));
    await stopped?.ended;
  }

  return {
    watch(changed) {
      const watcher: Watcher = (change) => changed(change);
      watchers.add(watcher);
      if (stream === undefined) begin();
      return {
        lastHeardMs: () => lastHeardMs,
        async close() {
          watchers.delete(watcher);
          if (watchers.size === 0) await stop();
        },
      };
    },
    lastHeardMs: () => (stream === undefined ? undefined : lastHeardMs),
    async close() {
      watchers.clear();
      await stop();
    },
  };
}
