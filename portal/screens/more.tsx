import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import type { Session } from '../session/use-session.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import { linkTo, type Screen } from '../shell/route.ts';
import type { PortalKey } from '../words/words.ts';

const entries: readonly [Screen, PortalKey, PortalKey][] = [
  ['stop', 'portal.stop_title', 'portal.stop_about'],
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
  const isStopped = home?.panic.active ?? false;
  return (
    <Page title={words.say('portal.nav_more')}>
      {home?.notEncrypted && <p class="warning">{words.say('portal.not_encrypted')}</p>}
      <ul class="plain">
        {entries.map(([screen, title, about]) => (
          <li key={screen}>
            <a class="card entry" href={linkTo({ screen })}>
              <strong>{words.say(isStopped && screen === 'stop' ? 'portal.stopped_title' : title)}</strong>
              <span class="soft">{words.say(isStopped && screen === 'stop' ? 'portal.stopped_link' : about)}</span>
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
