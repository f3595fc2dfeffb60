import { useState } from 'preact/hooks';
import { requestSentence } from '../../lib/sharing/sentence.ts';
import { Button } from '../parts/button.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Folded } from '../parts/folded.tsx';
import { LimitsFields } from '../parts/limits-form.tsx';
import { allOf, type Limits } from '../sharing/limits.ts';
import { useKeyPlace } from '../sharing/use-key-place.ts';
import { useWords } from '../shell/portal.ts';
import type { RequestRecord } from '../wire/records.ts';
import { useRequestAnswer } from './use-request-answer.ts';

/** One request: who asks for what, and everything needed to say yes, yes to less, or no. */
export function RequestCard({ request }: { request: RequestRecord }) {
  const words = useWords();
  const [limits, setLimits] = useState<Limits>(allOf(request.scopes));
  const { approve, deny, busy, wrong } = useRequestAnswer(request, limits);
  const { person, device } = request;
  const keyPlace = useKeyPlace(person === undefined ? { kind: 'device', id: device } : { kind: 'person', id: person });
  const sentence = words.tell(requestSentence(request));
  return (
    <article class="card" aria-label={sentence}>
      <h2>{sentence}</h2>
      <WhoAsks request={request} />
      <Folded summary={words.say('portal.choose_limits')} wrong={wrong}>
        <LimitsFields offered={request.scopes} limits={limits} onLimits={setLimits} wrong={wrong} keyPlace={keyPlace} />
      </Folded>
      <div class="row">
        <Button busy={busy} onPress={approve}>
          {words.say('portal.approve')}
        </Button>
        <Button kind="quiet" busy={busy} onPress={deny}>
          {words.say('portal.deny')}
        </Button>
      </div>
    </article>
  );
}

function WhoAsks({ request }: { request: RequestRecord }) {
  const words = useWords();
  return (
    <>
      {request.nameTaken && <p class="warning">{words.say('portal.name_taken')}</p>}
      <dl>
        <dt>{words.say('portal.asked_since')}</dt>
        <dd>{words.when(request.since)}</dd>
        <dt>{words.say('portal.fingerprint')}</dt>
        <dd>
          <Fingerprint of={request.fingerprint} />
        </dd>
      </dl>
    </>
  );
}
