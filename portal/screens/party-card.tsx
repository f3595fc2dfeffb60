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

export function ShareList({ shares }: Pick<PartyShares, 'shares'>) {
  const words = useWords();
  if (shares.length === 0) return <p class="soft">{words.say('portal.may_nothing')}</p>;
  return (
    <ul class="plain">
      {shares.map((share) => (
        <ShareItem key={share.id} share={share} />
      ))}
    </ul>
  );
}
