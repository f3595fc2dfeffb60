import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../../lib/sharing/share.ts';
import { usePortal } from '../shell/portal.ts';
import type { Answer, Refused } from '../wire/api.ts';
import { MOST_AT_ONCE, partOf } from '../wire/every-page.ts';
import { type Log, lacksOpen, type Naming, withNewest, withOlder } from './log.ts';
import { oneAtATime } from './one-at-a-time.ts';

const AT_ONCE = 50;

export interface OpenLog<T> {
  log?: Log<T>;
  refused?: Refused;
  readOlder(): void;
  readAgain(): void;
}

/** A long list of the owner API, part by part, kept up to date while it is shown. */
export function useLog<T>(path: '/api/history' | '/api/receipts', naming: Naming<T>): OpenLog<T> {
  const { api, live } = usePortal();
  const [log, setLog] = useState<Log<T>>();
  const [refused, setRefused] = useState<Refused>();
  /** As it is now, for whatever was begun when it was another. */
  const shown = useRef<Log<T>>({ items: [] });
  const get = (after: string | undefined, limit = AT_ONCE) => api.get<Page<T>>(partOf(path, limit, after));
  const put = (answer: Answer<Page<T>>, join: (before: Log<T>, part: Page<T>) => Log<T>) => {
    setRefused(answer.ok ? undefined : answer);
    if (!answer.ok) return;
    shown.current = join(shown.current, answer.value);
    setLog(shown.current);
  };
  const reading = useRef(oneAtATime());
  const readNewest = () =>
    reading.current(async () =>
      put(await newestOf(shown.current, get, naming), (before, part) => withNewest(before, part, naming)),
    );
  const readOlder = async () => {
    const { next } = shown.current;
    if (next === undefined) return;
    // Asked for twice, or after it was read anew, it would stand here twice.
    put(await get(next), (before, part) => (before.next === next ? withOlder(before, part) : before));
  };
  useEffect(() => {
    void readNewest();
    return live.hear((topics) => {
      if (topics === 'all' || topics.includes(path.slice('/api/'.length))) void readNewest();
    });
  }, [path]);
  return {
    ...(log === undefined ? {} : { log }),
    ...(refused === undefined ? {} : { refused }),
    readOlder: () => void readOlder(),
    readAgain: () => void readNewest(),
  };
}

/** The newest part, and older ones after it as far as something is shown that may have changed where it stands. */
async function newestOf<T>(
  shown: Log<T>,
  get: (after: string | undefined, limit?: number) => Promise<Answer<Page<T>>>,
  naming: Naming<T>,
): Promise<Answer<Page<T>>> {
  let read = await get(undefined);
  // What is shown may be gone by now: then it is not looked for to the end.
  for (let parts = Math.ceil(shown.items.length / AT_ONCE); parts > 0; parts -= 1) {
    if (!read.ok || read.value.next === undefined || !lacksOpen(shown, read.value, naming)) return read;
    const left = shown.items.length - read.value.items.length;
    const older = await get(read.value.next, Math.min(MOST_AT_ONCE, left > 0 ? left : AT_ONCE));
    read = older.ok ? { ok: true, value: withOlder(read.value, older.value) } : older;
  }
  return read;
}
