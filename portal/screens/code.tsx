import { useEffect, useState } from 'preact/hooks';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { usePortal, useWords } from '../shell/portal.ts';
import { refusedText } from '../shell/refused-notice.ts';
import { linkTo } from '../shell/route.ts';
import type { Answer } from '../wire/api.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
import { CodeForm } from './add.tsx';
import { AnswerCode } from './answer-code.tsx';
import { type CodeAnswer, useCodeAnswer } from './use-code-answer.ts';

/** Who waits with a code: shown before anything is said, for comparison. A link alone lets nobody in. */
export function Code({ code }: { code: string }) {
  const { api, words } = usePortal();
  const [found, setFound] = useState<Answer<WaitingCodeRecord>>();
  useEffect(() => {
    let isHere = true;
    void api.get<WaitingCodeRecord>(`/api/codes/${encodeURIComponent(code)}`).then((answer) => {
      if (isHere) setFound(answer);
    });
    return () => {
      isHere = false;
    };
  }, [code]);
  const [answered, setAnswered] = useState(false);
  return (
    <Page title={words.say(answered ? 'portal.code_answered_title' : 'portal.code_answer_title')}>
      {found === undefined && <Waiting />}
      {found?.ok === false && (
        <p class="notice wrong" role="alert">
          {refusedText(found, words)}
        </p>
      )}
      {found?.ok === false && <CodeForm />}
      {found?.ok && <OneWaiting code={code} waiting={found.value} onAnswered={() => setAnswered(true)} />}
    </Page>
  );
}

interface OneWaitingProps {
  code: string;
  waiting: WaitingCodeRecord;
  /** The heading says it, too. */
  onAnswered(): void;
}

/** Until it is answered: what was shown for comparison is over then. */
function OneWaiting({ code, waiting, onAnswered }: OneWaitingProps) {
  const words = useWords();
  const answer = useCodeAnswer({ code, waiting, onAnswered });
  if (!answer.answered) return <WhoWaits code={code} waiting={waiting} answer={answer} />;
  return (
    <p>
      <a class="button" href={linkTo({ screen: 'home' })}>
        {words.say('portal.to_home')}
      </a>
    </p>
  );
}

interface WhoWaitsProps {
  code: string;
  waiting: WaitingCodeRecord;
  answer: CodeAnswer;
}

function WhoWaits({ code, waiting, answer }: WhoWaitsProps) {
  const words = useWords();
  return (
    <article class="card">
      <h2>{words.say('portal.calls_itself_what', { device: waiting.name })}</h2>
      <p>{words.say('portal.code_compare')}</p>
      <dl>
        <dt>{words.say('portal.code_shown')}</dt>
        <dd>
          <code class="code">{code.toUpperCase()}</code>
        </dd>
        <dt>{words.say('portal.fingerprint')}</dt>
        <dd>
          <Fingerprint of={waiting.fingerprint} />
        </dd>
        <dt>{words.say('portal.asked_since')}</dt>
        <dd>{words.when(waiting.askedAt)}</dd>
        <dt>{words.say('portal.asked_from')}</dt>
        <dd>{waiting.from}</dd>
      </dl>
      <AnswerCode waiting={waiting} answer={answer} />
    </article>
  );
}
