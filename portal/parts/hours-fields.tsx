import { useId } from 'preact/hooks';
import {
  type Hours,
  type HoursLine,
  mayHaveMore,
  ownTimeZone,
  timeZones,
  type WrongHours,
  weeklyOf,
  withChangedLine,
  withLine,
  withoutLine,
} from '../sharing/hours.ts';
import { useWords } from '../shell/portal.ts';
import type { PortalKey } from '../words/words.ts';
import { Button } from './button.tsx';
import { Choice } from './choice.tsx';
import { Field } from './field.tsx';
import { Tick } from './tick.tsx';
import { WrongText } from './wrong-text.tsx';

interface HoursFieldsProps {
  hours: Hours;
  onHours(hours: Hours): void;
  wrong: WrongHours | undefined;
}

/** Hours of the week, line by line, and by which clock; below them in words what they come to. */
export function HoursFields({ hours, onHours, wrong }: HoursFieldsProps) {
  const words = useWords();
  const { timeZone, lines } = hours;
  return (
    <>
      {lines.map((line, index) => (
        <LineFields
          // Lines have no names; which one is meant is where it stands.
          key={index}
          line={line}
          wrong={wrong?.line === index ? wrong : undefined}
          onLine={(change) => onHours(withChangedLine(hours, index, change))}
          {...(lines.length > 1 && { onRemove: () => onHours(withoutLine(hours, index)) })}
        />
      ))}
      {mayHaveMore(lines) && (
        <Button small kind="quiet" onPress={() => onHours(withLine(hours))}>
          {words.say('portal.hours_more')}
        </Button>
      )}
      <Choice
        label={words.say('portal.hours_zone')}
        value={timeZone}
        offered={timeZones(timeZone, ownTimeZone()).map((zone) => [zone, zone.replaceAll('_', ' ')])}
        onValue={(zone) => onHours({ timeZone: zone, lines })}
        wrong={wrong?.part === 'zone' ? words.say(wrong.key) : undefined}
      />
      <Meaning hours={hours} />
    </>
  );
}

/** In the words of the sentence that the share will have. */
function Meaning({ hours }: { hours: Hours }) {
  const words = useWords();
  const weekly = weeklyOf(hours);
  const conditions = 'key' in weekly ? undefined : JSON.stringify({ weekly });
  return (
    <p class="soft" role="status">
      {conditions && words.say('portal.hours_mean', { conditions })}
    </p>
  );
}

const dayNames: readonly [number, PortalKey][] = [
  [1, 'portal.day_1'],
  [2, 'portal.day_2'],
  [3, 'portal.day_3'],
  [4, 'portal.day_4'],
  [5, 'portal.day_5'],
  [6, 'portal.day_6'],
  [7, 'portal.day_7'],
];

interface LineFieldsProps {
  line: HoursLine;
  wrong: WrongHours | undefined;
  onLine(change: Partial<HoursLine>): void;
  onRemove?(): void;
}

function LineFields({ line, wrong, onLine, onRemove }: LineFieldsProps) {
  const words = useWords();
  const id = useId();
  const { days, allDay, from, to } = line;
  const flip = (day: number) => (days.includes(day) ? days.filter((one) => one !== day) : [...days, day]);
  return (
    <fieldset aria-describedby={id}>
      <legend>{words.say('portal.hours_days')}</legend>
      <div class="days">
        {dayNames.map(([day, key]) => (
          <Tick
            key={day}
            label={words.say(key)}
            ticked={days.includes(day)}
            onTick={() => onLine({ days: flip(day) })}
          />
        ))}
      </div>
      <div class="apart">
        <Tick label={words.say('portal.hours_all_day')} ticked={allDay} onTick={() => onLine({ allDay: !allDay })} />
      </div>
      {!allDay && (
        <div class="pair">
          <Field
            label={words.say('portal.hours_from')}
            type="time"
            value={from}
            onValue={(next) => onLine({ from: next })}
          />
          <Field label={words.say('portal.hours_to')} type="time" value={to} onValue={(next) => onLine({ to: next })} />
        </div>
      )}
      <WrongText id={id} wrong={wrong && wrong.part !== 'zone' ? wrong.key : undefined} />
      {onRemove && (
        <Button small kind="quiet" onPress={onRemove}>
          {words.say('portal.hours_remove')}
        </Button>
      )}
    </fieldset>
  );
}
