import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { DeviceState } from '../parts/device-state.tsx';
import type { PartyShares } from '../sharing/by-party.ts';
import { useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { ShareItem } from './share-item.tsx';

/** One device, or one person, and what they may do. */
export function PartyCard({ party }: { party: PartyShares }) {
  const words = useWords();
  const { device, name, shares } = party;
  return (
    <article class="card" aria-label={name}>
      <h2>{device ? <a href={linkTo({ screen: 'device', id: device.id })}>{name}</a> : name}</h2>
      {device ? <DeviceState device={device} /> : <p class="soft">{words.say('portal.is_person')}</p>}
      <ShareList shares={shares} />
    </article>
  );
}

/** So many before the rest is asked for. */
const AT_ONCE = 10;

export function ShareList({ shares }: Pick<PartyShares, 'shares'>) {
  const words = useWords();
  const [most, setMost] = useState(AT_ONCE);
  if (shares.length === 0) return <p class="soft">{words.say('portal.may_nothing')}</p>;
  return (
    <>
      <ul class="plain">
        {shares.slice(0, most).map((share) => (
          <ShareItem key={share.id} share={share} />
        ))}
      </ul>
      {shares.length > most && (
        <Button small kind="quiet" onPress={() => setMost(most + AT_ONCE)}>
          {words.say('portal.more_of', { count: shares.length - most })}
        </Button>
      )}
    </>
  );
}
