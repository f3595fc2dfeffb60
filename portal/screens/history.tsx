import type { ComponentChild } from 'preact';
import { byText, isRefusal, keyOfLine, lineWords, type Names, nameOfLine, whyText } from '../history/history-line.ts';
import { type OpenLog, useLog } from '../history/use-log.ts';
import { useNames } from '../history/use-names.ts';
import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import type { HistoryRecord } from '../wire/records.ts';

/** What happened in this home, newest first, and why. */
export function History() {
  const words = useWords();
  const names = useNames();
  const history = useLog<HistoryRecord>('/api/history', { keyOf: keyOfLine, nameOf: nameOfLine });
  return (
    <Page title={words.say('portal.history_title')}>
      <p>
        <a class="way" href={linkTo({ screen: 'receipts' })}>
          {words.say('portal.receipts_title')}
        </a>
      </p>
      <LogList log={history} none={words.say('portal.no_history')}>
        {(line: HistoryRecord) => <Line key={nameOfLine(line)} line={line} names={names} />}
      </LogList>
    </Page>
  );
}

interface LogListProps<T> {
  log: OpenLog<T>;
  none: string;
  children(item: T): ComponentChild;
}

/** A log with the way to its older part. */
export function LogList<T>({ log: { log, refused, readOlder, readAgain }, none, children }: LogListProps<T>) {
  const words = useWords();
  if (log === undefined) return <Waiting held={refused ? { refused } : {}} onRetry={readAgain} />;
  if (log.items.length === 0) return <p class="soft">{none}</p>;
  return (
    <>
      <ol class="plain">{log.items.map(children)}</ol>
      {refused && <Waiting held={{ refused }} onRetry={readAgain} />}
      {log.next !== undefined && (
        <Button kind="quiet" onPress={readOlder}>
          {words.say('portal.older')}
        </Button>
      )}
    </>
  );
}

function Line({ line, names }: { line: HistoryRecord; names: Names }) {
  const words = useWords();
  const gone = words.say('portal.gone');
  const why = whyText(line);
  return (
    <li class="line">
      <p>{lineWords(line, names, words)}</p>
      {why && <p>{words.tell(why)}</p>}
      <p class="soft">
        {words.when(line.at)}
        {isRefusal(line) && Number(line.values?.count) > 1 && (
          <> ({words.say('portal.refused_since', { at: words.when(Number(line.values?.first)) })})</>
        )}{' '}
        · {words.tell(byText(line.by, names, gone))}
      </p>
    </li>
  );
}
