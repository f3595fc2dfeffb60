import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { GrantFields } from '../parts/grant-fields.tsx';
import { type Grant, grantAsked, isUndecided, mayShare } from '../sharing/gateway-grant.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
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

function LetIn({ waiting, answer }: AnswerProps) {
  const resources = useTopic('resources').value ?? [];
  const before = useTopic('gateways').value?.find(({ id }) => id === waiting.clientId);
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
