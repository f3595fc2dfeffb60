import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../../lib/sharing/share.ts';
import { usePortal } from '../shell/portal.ts';
import type { Refused } from '../wire/api.ts';
import { partOf } from '../wire/every-page.ts';
import { type Log, withNewest, withOlder } from './log.ts';

const AT_ONCE = 50;

export interface OpenLog<T> {
  log?: Log<T>;
  refused?: Refused;
  readOlder(): void;
  readAgain(): void;
}

/** A long list of the owner API, part by part, kept up to date while it is shown. */
export function useLog<T>(
  path: '/api/history' | '/api/receipts',
  keyOf: (item: T) => string | number,
  nameOf: (item: T) => string | number = keyOf,
): OpenLog<T> {
  const { api, live } = usePortal();
  const [log, setLog] = useState<Log<T>>();
  const [refused, setRefused] = useState<Refused>();
  const read = async (after: string | undefined, join: (before: Log<T>, part: Page<T>) => Log<T>) => {
    const answer = await api.get<Page<T>>(partOf(path, AT_ONCE, after));
    setRefused(answer.ok ? undefined : answer);
    if (answer.ok) setLog((before) => join(before ?? { items: [] }, answer.value));
  };
  const readNewest = () => void read(undefined, (before, part) => withNewest(before, part, keyOf, nameOf));
  useEffect(() => {
    readNewest();
    return live.hear((topics) => {
      if (topics === 'all' || topics.includes(path.slice('/api/'.length))) readNewest();
    });
  }, [path]);
  return {
    ...(log === undefined ? {} : { log }),
    ...(refused === undefined ? {} : { refused }),
    readOlder: () => void (log?.next !== undefined && read(log.next, withOlder)),
    readAgain: readNewest,
  };
}
