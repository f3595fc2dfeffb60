import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Tick } from '../parts/tick.tsx';
import { usePortal } from '../shell/portal.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';
import type { CodeAnswer } from './use-code-answer.ts';

/** What may be given, beyond protecting its own things: each as a person understands it. */
const given: readonly [string, PortalKey][] = [
  ['shares:read', 'portal.scope_read'],
  ['shares:reduce', 'portal.scope_reduce'],
  ['shares:grant', 'portal.scope_grant'],
];

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
  const { words } = usePortal();
  const [scopes, setScopes] = useState<readonly string[]>(waiting.scopes);
  const offered = given.filter(([scope]) => waiting.scopes.includes(scope));
  const flip = (scope: string) =>
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  return (
    <>
      {offered.length > 0 && (
        <fieldset>
          <legend>{words.say('portal.code_may')}</legend>
          {offered.map(([scope, key]) => (
            <Tick key={scope} label={words.say(key)} ticked={scopes.includes(scope)} onTick={() => flip(scope)} />
          ))}
        </fieldset>
      )}
      <YesOrNo yes="portal.code_yes" answer={answer} onYes={() => answer.approve({ scopes })} />
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
      <YesOrNo yes="portal.claim" answer={answer} onYes={() => answer.approve(name.trim() === '' ? {} : { name })} />
    </>
  );
}

function YesOrNo({ yes, answer, onYes }: { yes: PortalKey; answer: CodeAnswer; onYes(): void }) {
  const { words } = usePortal();
  return (
    <div class="row">
      <Button busy={answer.busy} onPress={onYes}>
        {words.say(yes)}
      </Button>
      <Button kind="quiet" busy={answer.busy} onPress={answer.deny}>
        {words.say('portal.code_no')}
      </Button>
    </div>
  );
}
