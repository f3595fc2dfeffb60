import { useId } from 'preact/hooks';
import {
  type Grant,
  givable,
  isUndecided,
  limited,
  mayShare,
  withResource,
  withScope,
} from '../sharing/gateway-grant.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import { Tick } from './tick.tsx';
import { WrongText } from './wrong-text.tsx';

interface GrantFieldsProps {
  /** What may be given at all. */
  offered: readonly string[];
  grant: Grant;
  onGrant(grant: Grant): void;
  /** It was tried to send it as it is. */
  tried: boolean;
}

/** What flows of a gateway may do for the owner, and, where they may share, what. */
export function GrantFields({ offered, grant, onGrant, tried }: GrantFieldsProps) {
  const words = useWords();
  const shown = givable.filter(([scope]) => offered.includes(scope));
  if (shown.length === 0) return null;
  return (
    <>
      <fieldset>
        <legend>{words.say('portal.code_may')}</legend>
        {shown.map(([scope, key]) => (
          <Tick
            key={scope}
            label={words.say(key)}
            ticked={grant.scopes.includes(scope)}
            onTick={() => onGrant(withScope(grant, scope))}
          />
        ))}
      </fieldset>
      {mayShare(grant) && <ResourceFields grant={grant} onGrant={onGrant} tried={tried} />}
    </>
  );
}

function ResourceFields({ grant, onGrant, tried }: Omit<GrantFieldsProps, 'offered'>) {
  const words = useWords();
  const id = useId();
  const resources = useTopic('resources').value ?? [];
  const isLimited = grant.only !== undefined;
  if (resources.length === 0) return <p class="soft">{words.say('portal.grant_later')}</p>;
  return (
    <fieldset aria-describedby={`${id}-wrong`}>
      <legend>{words.say('portal.grant_legend')}</legend>
      <Tick
        radio={id}
        label={words.say('portal.grant_all')}
        ticked={!isLimited}
        onTick={() => onGrant(limited(grant, false))}
      />
      <Tick
        radio={id}
        label={words.say('portal.grant_some')}
        ticked={isLimited}
        onTick={() => onGrant(limited(grant, true))}
      />
      {isLimited && (
        <div class="below">
          {resources.map((resource) => (
            <Tick
              key={resource.id}
              label={resource.name}
              ticked={grant.only?.includes(resource.id) ?? false}
              onTick={() => onGrant(withResource(grant, resource.id))}
            />
          ))}
        </div>
      )}
      <WrongText id={`${id}-wrong`} wrong={tried && isUndecided(grant) ? 'portal.grant_nothing' : undefined} />
    </fieldset>
  );
}
