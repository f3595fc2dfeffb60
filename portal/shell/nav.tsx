import type { PortalKey } from '../words/words.ts';
import { Icon } from './icons.tsx';
import { useTopic, useWords } from './portal.ts';
import { linkTo, type Place, type Screen } from './route.ts';

const entries: readonly [Screen, PortalKey][] = [
  ['home', 'portal.nav_home'],
  ['requests', 'portal.nav_requests'],
  ['add', 'portal.nav_add'],
  ['history', 'portal.nav_history'],
  ['more', 'portal.nav_more'],
];

/** Which entry a screen belongs to that has none of its own. */
const below: Partial<Record<Screen, Screen>> = {
  device: 'home',
  code: 'add',
  receipts: 'history',
  people: 'more',
  gateways: 'more',
  sessions: 'more',
  password: 'more',
  server: 'more',
  stop: 'more',
};

export function Nav({ place }: { place: Place }) {
  const words = useWords();
  const waiting = useTopic('requests').value?.length ?? 0;
  const here = below[place.screen] ?? place.screen;
  return (
    <nav aria-label={words.say('portal.nav')}>
      <ul>
        {entries.map(([screen, key]) => (
          <li key={screen}>
            <a href={linkTo({ screen })} aria-current={screen === here ? 'page' : undefined}>
              <Icon of={screen} />
              <span>{words.say(key)}</span>
              {screen === 'requests' && waiting > 0 && <Badge count={waiting} />}
            </a>
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {waiting > 0 && words.say('portal.waiting_count', { count: waiting })}
      </p>
    </nav>
  );
}

function Badge({ count }: { count: number }) {
  const words = useWords();
  return (
    <span class="badge">
      <span aria-hidden="true">{count}</span>
      <span class="unseen">{words.say('portal.waiting_count', { count })}</span>
    </span>
  );
}
