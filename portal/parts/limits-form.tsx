import { useId } from 'preact/hooks';
import type { EndingChoice } from '../sharing/ending-choice.ts';
import { type Limits, toggled, type WrongLimits } from '../sharing/limits.ts';
import type { KeyPlace } from '../sharing/use-key-place.ts';
import { useWords } from '../shell/portal.ts';
import type { PortalKey } from '../words/words.ts';
import { Field } from './field.tsx';
import { MoreLimits } from './more-limits.tsx';
import { Tick } from './tick.tsx';
import { WrongText } from './wrong-text.tsx';

interface LimitsFieldsProps {
  /** What there is to choose from. */
  offered: readonly string[];
  limits: Limits;
  onLimits(limits: Limits): void;
  wrong?: WrongLimits | undefined;
  /** The share has an end already, which may stay. */
  keeps?: string | undefined;
  /** Where the key of the device lives. */
  keyPlace: KeyPlace;
}

/** What may be done, for how long, whether once only, and what else limits it. */
export function LimitsFields({ offered, limits, onLimits, wrong, keeps, keyPlace }: LimitsFieldsProps) {
  const words = useWords();
  const id = useId();
  const nameOf = (scope: string) => words.tell({ key: 'portal.scope', values: { scope } });
  return (
    <>
      <fieldset aria-describedby={id}>
        <legend>{words.say('portal.what_legend')}</legend>
        {offered.map((scope) => (
          <Tick
            key={scope}
            label={nameOf(scope)}
            ticked={limits.scopes.includes(scope)}
            onTick={() => onLimits(toggled(limits, scope))}
          />
        ))}
        <WrongText id={id} wrong={wrong?.field === 'scopes' ? wrong.key : undefined} />
      </fieldset>
      <EndingField limits={limits} onLimits={onLimits} wrong={wrong} keeps={keeps} />
      <Tick
        label={words.say('portal.once')}
        ticked={limits.once}
        onTick={() => onLimits({ ...limits, once: !limits.once })}
      />
      <MoreLimits limits={limits} onLimits={onLimits} wrong={wrong} keyPlace={keyPlace} />
    </>
  );
}

const choices: readonly [EndingChoice, PortalKey][] = [
  ['open', 'portal.end_open'],
  ['today', 'portal.end_today'],
  ['tomorrow', 'portal.end_tomorrow'],
  ['week', 'portal.end_week'],
  ['date', 'portal.end_date'],
];

function EndingField({ limits, onLimits, wrong, keeps }: Omit<LimitsFieldsProps, 'offered' | 'keyPlace'>) {
  const words = useWords();
  const name = useId();
  const offered: [EndingChoice, string][] = choices.map(([choice, key]) => [choice, words.say(key)]);
  if (keeps !== undefined) offered.unshift(['kept', keeps]);
  return (
    <fieldset>
      <legend>{words.say('portal.until_legend')}</legend>
      {offered.map(([choice, label]) => (
        <Tick
          key={choice}
          radio={name}
          label={label}
          ticked={limits.ending === choice}
          onTick={() => onLimits({ ...limits, ending: choice })}
        />
      ))}
      {limits.ending === 'date' && (
        <Field
          label={words.say('portal.end_typed')}
          type="datetime-local"
          value={limits.typed}
          onValue={(typed) => onLimits({ ...limits, typed })}
          wrong={wrong?.field === 'until' ? words.say(wrong.key) : undefined}
        />
      )}
    </fieldset>
  );
}
