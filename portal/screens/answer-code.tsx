import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { GrantFields } from '../parts/grant-fields.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { asksMore, type Grant, grantAsked, isUndecided, mayShare } from '../sharing/gateway-grant.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import type { GatewayRecord, WaitingCodeRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';
import type { CodeAnswer } from './use-code-answer.ts';

interface AnswerProps {
  waiting: WaitingCodeRecord;
  answer: CodeAnswer;
}

/** The owner's yes, to a gateway with as much as is ticked, to a device with a name of one's own; or no. */
export function AnswerCode(props: AnswerProps) {
  const { words } = usePortal();
  return (
    <>
      {props.waiting.kind === 'device' ? <TakeDevice {...props} /> : <LetIn {...props} />}
      <p class="soft">{words.say('portal.code_unasked')}</p>
    </>
  );
}

/** Whether it is in already decides what is ticked: nothing is, before that is known. */
function LetIn(props: AnswerProps) {
  const gateways = useTopic('gateways');
  if (gateways.value === undefined) return <Waiting held={gateways} />;
  return <LetInWith {...props} before={gateways.value.find(({ id }) => id === props.waiting.clientId)} />;
}

function LetInWith({ waiting, answer, before }: AnswerProps & { before: GatewayRecord | undefined }) {
  const words = useWords();
  const resources = useTopic('resources').value ?? [];
  const [chosen, setGrant] = useState<Grant>();
  const grant = chosen ?? grantAsked(waiting.scopes, before, resources);
  const [tried, setTried] = useState(false);
  const letIn = () => {
    setTried(true);
    const { scopes, only = null } = grant;
    // Where nothing was chosen, or nothing may be shared, the limit stays as it is.
    if (!isUndecided(grant)) answer.approve(chosen && mayShare(grant) ? { scopes, resources: only } : { scopes });
  };
  return (
    <>
      {asksMore(waiting.scopes, before) && <p>{words.say('portal.code_more')}</p>}
      <GrantFields offered={waiting.scopes} grant={grant} onGrant={setGrant} tried={tried} />
      <YesOrNo yes="portal.code_yes" no="portal.code_no" answer={answer} onYes={letIn} />
    </>
  );
}

function TakeDevice({ waiting, answer }: AnswerProps) {
  const { words } = usePortal();
  const [name, setName] = useState(waiting.name);
  return (
    <>
      {waiting.nameTaken && <p class="warning">{words.say('portal.name_taken')}</p>}
      {waiting.hasOwner && <p class="warning">{words.say('portal.code_moves')}</p>}
      <Field label={words.say('portal.device_name')} value={name} onValue={setName} longest={80} />
      <YesOrNo
        yes="portal.claim"
        no="portal.code_not_mine"
        answer={answer}
        onYes={() => answer.approve(name.trim() === '' ? {} : { name })}
      />
    </>
  );
}

interface YesOrNoProps {
  yes: PortalKey;
  no: PortalKey;
  answer: CodeAnswer;
  onYes(): void;
}

function YesOrNo({ yes, no, answer, onYes }: YesOrNoProps) {
  const { words } = usePortal();
  return (
    <div class="row">
      <Button busy={answer.busy} onPress={onYes}>
        {words.say(yes)}
      </Button>
      <Button kind="quiet" busy={answer.busy} onPress={answer.deny}>
        {words.say(no)}
      </Button>
    </div>
  );
}
