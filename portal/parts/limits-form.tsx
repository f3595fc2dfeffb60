import { useId } from 'preact/hooks';
import type { EndingChoice } from '../sharing/ending-choice.ts';
import { type Limits, toggled } from '../sharing/limits.ts';
import { useWords } from '../shell/portal.ts';
import type { PortalKey } from '../words/words.ts';
import { Field } from './field.tsx';
import { Tick } from './tick.tsx';

interface LimitsFieldsProps {
  /** What there is to choose from. */
  offered: readonly string[];
  limits: Limits;
  onLimits(limits: Limits): void;
  /** The share has an end already, which may stay. */
  keeps?: string | undefined;
}

/** What may be done, for how long, and whether once only. */
export function LimitsFields({ offered, limits, onLimits, keeps }: LimitsFieldsProps) {
  const words = useWords();
  const nameOf = (scope: string) => words.tell({ key: 'portal.scope', values: { scope } });
  return (
    <>
      <fieldset>
        <legend>{words.say('portal.what_legend')}</legend>
        {offered.map((scope) => (
          <Tick
            key={scope}
            label={nameOf(scope)}
            ticked={limits.scopes.includes(scope)}
            onTick={() => onLimits(toggled(limits, scope))}
          />
        ))}
      </fieldset>
      <EndingField limits={limits} onLimits={onLimits} keeps={keeps} />
      <Tick
        label={words.say('portal.once')}
        ticked={limits.once}
        onTick={() => onLimits({ ...limits, once: !limits.once })}
      />
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

function EndingField({ limits, onLimits, keeps }: Omit<LimitsFieldsProps, 'offered'>) {
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
        />
      )}
    </fieldset>
  );
}
