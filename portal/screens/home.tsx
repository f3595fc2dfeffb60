import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { ForgottenBanner } from '../parts/forgotten-banner.tsx';
import { Page } from '../parts/page.tsx';
import { StoppedBanner } from '../parts/stopped-banner.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { byParty, matching, type PartyShares } from '../sharing/by-party.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { PartyCard } from './party-card.tsx';

/** What belongs to this home, and who may do what, until when. */
export function Home() {
  const words = useWords();
  const devices = useTopic('devices');
  const shares = useTopic('shares');
  const isThere = devices.value !== undefined && shares.value !== undefined;
  return (
    <Page title={words.say('portal.home_title')}>
      <StoppedBanner />
      <ForgottenBanner />
      {isThere ? (
        <Parties parties={byParty(devices.value ?? [], shares.value ?? [])} />
      ) : (
        <Waiting held={devices.refused ? devices : shares} />
      )}
    </Page>
  );
}

const AT_ONCE = 30;
/** From so many on, a name is faster typed than found. */
const SEARCHED = 8;

function Parties({ parties }: { parties: PartyShares[] }) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const [most, setMost] = useState(AT_ONCE);
  if (parties.length === 0) return <Nothing />;
  const found = matching(parties, typed);
  return (
    <>
      {parties.length >= SEARCHED && (
        <Field label={words.say('portal.search')} type="search" value={typed} onValue={setTyped} />
      )}
      <p class="unseen" role="status">
        {typed !== '' && words.say('portal.found', { count: found.length })}
      </p>
      {found.slice(0, most).map((party) => (
        <PartyCard key={`${party.kind} ${party.id}`} party={party} />
      ))}
      {found.length > most && (
        <Button kind="quiet" onPress={() => setMost(most + AT_ONCE)}>
          {words.say('portal.more_of', { count: found.length - most })}
        </Button>
      )}
    </>
  );
}

function Nothing() {
  const words = useWords();
  const home = useTopic('home').value;
  const isConnected = (home?.counts.gateways ?? 0) > 0;
  return (
    <>
      <p>{words.say(isConnected ? 'portal.no_devices' : 'portal.no_gateway')}</p>
      <p>
        <a class="button" href={linkTo({ screen: 'add' })}>
          {words.say('portal.nav_add')}
        </a>
      </p>
    </>
  );
}
