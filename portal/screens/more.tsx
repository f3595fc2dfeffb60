import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import type { Session } from '../session/use-session.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import { linkTo, type Screen } from '../shell/route.ts';
import type { PortalKey } from '../words/words.ts';

type Entry = readonly [Screen, PortalKey, PortalKey];

const stop: Entry = ['stop', 'portal.stop_title', 'portal.stop_about'];
const goOn: Entry = ['stop', 'portal.stopped_title', 'portal.stopped_link'];
const others: readonly Entry[] = [
  ['gateways', 'portal.gateways_title', 'portal.gateways_about'],
  ['people', 'portal.people_title', 'portal.people_about'],
  ['sessions', 'portal.sessions_title', 'portal.sessions_about'],
  ['password', 'portal.password_title', 'portal.password_about'],
  ['receipts', 'portal.receipts_title', 'portal.receipts_about'],
  ['server', 'portal.server_title', 'portal.server_about'],
];

/** What is needed now and then. */
export function More({ session }: { session: Session }) {
  const words = useWords();
  const home = useTopic('home').value;
  return (
    <Page title={words.say('portal.nav_more')}>
      {home?.notEncrypted && <p class="warning">{words.say('portal.not_encrypted')}</p>}
      <ul class="plain">
        {[home?.panic.active ? goOn : stop, ...others].map(([screen, title, about]) => (
          <li key={screen}>
            <a class="card entry" href={linkTo({ screen })}>
              <strong>{words.say(title)}</strong>
              <span class="soft">{words.say(about)}</span>
            </a>
          </li>
        ))}
      </ul>
      {home && <p class="soft">{words.say('portal.signed_in_as', { owner: home.owner })}</p>}
      <Button kind="quiet" onPress={() => void session.signOut()}>
        {words.say('portal.sign_out')}
      </Button>
    </Page>
  );
}
