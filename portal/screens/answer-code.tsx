import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Tick } from '../parts/tick.tsx';
import { usePortal } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { useAct } from '../shell/use-act.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';

/** What may be given, beyond protecting its own things: each as a person understands it. */
const given: readonly [string, PortalKey][] = [
  ['shares:read', 'portal.scope_read'],
  ['shares:reduce', 'portal.scope_reduce'],
  ['shares:grant', 'portal.scope_grant'],
];

/** The owner's yes, with as much as is ticked, or no. */
export function AnswerCode({ code, waiting }: { code: string; waiting: WaitingCodeRecord }) {
  const { words } = usePortal();
  const [scopes, setScopes] = useState<readonly string[]>(waiting.scopes);
  const { approve, deny, busy, answered } = useCodeAnswer(code, waiting);
  if (answered)
    return (
      <p>
        <a class="button" href={linkTo({ screen: 'home' })}>
          {words.say('portal.to_home')}
        </a>
      </p>
    );
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
      <div class="row">
        <Button busy={busy} onPress={() => approve(scopes)}>
          {words.say('portal.code_yes')}
        </Button>
        <Button kind="quiet" busy={busy} onPress={deny}>
          {words.say('portal.code_no')}
        </Button>
      </div>
      <p class="soft">{words.say('portal.code_unasked')}</p>
    </>
  );
}

function useCodeAnswer(code: string, { name }: WaitingCodeRecord) {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const [answered, setAnswered] = useState(false);
  const path = `/api/codes/${encodeURIComponent(code)}`;
  const changes = ['gateways', 'devices', 'resources', 'home'] as const;
  const send = (verb: string, body: object, key: PortalKey) =>
    void run(() => api.act('POST', `${path}/${verb}`, body), {
      done: () => ({ text: words.say(key, { name }) }),
      changes,
    }).then((done) => done && setAnswered(true));
  return {
    busy,
    answered,
    approve: (scopes: readonly string[]) => send('approve', { scopes }, 'portal.code_approved'),
    deny: () => send('deny', {}, 'portal.code_denied'),
  };
}
