import { useId } from 'preact/hooks';
import { ownTimeZone, usualHours } from '../sharing/hours.ts';
import { atHours, type Limits, type WrongLimits } from '../sharing/limits.ts';
import type { KeyPlace } from '../sharing/use-key-place.ts';
import { useWords } from '../shell/portal.ts';
import { Folded } from './folded.tsx';
import { HoursFields } from './hours-fields.tsx';
import { Tick } from './tick.tsx';

interface MoreLimitsProps {
  limits: Limits;
  onLimits(limits: Limits): void;
  wrong?: WrongLimits | undefined;
  keyPlace: KeyPlace;
}

/** What few shares need: folded away, but where it limits something already. */
export function MoreLimits({ limits, onLimits, wrong, keyPlace }: MoreLimitsProps) {
  const words = useWords();
  const { hours } = limits;
  return (
    <Folded
      summary={words.say('portal.more_limits')}
      openAtFirst={hours !== undefined || limits.ownKey}
      wrong={wrong?.field === 'hours' ? wrong : undefined}
    >
      <Tick
        label={words.say('portal.hours')}
        ticked={hours !== undefined}
        onTick={() => onLimits(atHours(limits, hours === undefined ? usualHours(ownTimeZone()) : undefined))}
      />
      {hours && (
        <HoursFields
          hours={hours}
          onHours={(next) => onLimits(atHours(limits, next))}
          wrong={wrong?.field === 'hours' ? wrong : undefined}
        />
      )}
      <OwnKeyField limits={limits} onLimits={onLimits} keyPlace={keyPlace} />
    </Folded>
  );
}

/** Nothing could pass where the device has no key of its own: then it is said instead of offered. */
function OwnKeyField({ limits, onLimits, keyPlace }: MoreLimitsProps) {
  const words = useWords();
  const id = useId();
  const isOffered = keyPlace !== 'elsewhere' || limits.ownKey;
  return (
    <>
      {isOffered && (
        <Tick
          label={words.say('portal.own_key')}
          ticked={limits.ownKey}
          describedBy={id}
          onTick={() => onLimits({ ...limits, ownKey: !limits.ownKey })}
        />
      )}
      <p class="soft" id={id}>
        {words.say(keyPlace === 'elsewhere' ? 'portal.own_key_elsewhere' : 'portal.own_key_help')}
      </p>
    </>
  );
}
