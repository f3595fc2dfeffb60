import { Confirm } from '../parts/confirm.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { confirmedLines } from '../sharing/confirmed.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { EndedRecord, PersonRecord } from '../wire/records.ts';
import { Invite } from './invite.tsx';
import { NewShare } from './new-share.tsx';

/** Who can sign in here; guests are invited and removed by the owner. */
export function People() {
  const words = useWords();
  const people = useTopic('people');
  const me = useTopic('home').value?.owner;
  return (
    <Page title={words.say('portal.people_title')}>
      {people.value === undefined && <Waiting held={people} />}
      {people.value?.map((person) => (
        <Person key={person.name} person={person} me={me} />
      ))}
      <section class="card" aria-labelledby="invite">
        <h2 id="invite">{words.say('portal.invite_title')}</h2>
        <Invite />
      </section>
    </Page>
  );
}

function Person({ person, me }: { person: PersonRecord; me: string | undefined }) {
  const words = useWords();
  const { name, kind, guestOf } = person;
  const isMine = guestOf !== undefined && guestOf === me;
  const what = () => {
    if (name === me) return words.say('portal.person_you');
    return guestOf === undefined
      ? words.say('portal.person_owner')
      : words.say('portal.person_guest', { owner: guestOf });
  };
  return (
    <article class="card" aria-label={name}>
      <h2>{name}</h2>
      <p class="soft">{what()}</p>
      {isMine && (
        <div class="row">
          {kind === 'guest' && <NewShare party={{ kind: 'person', id: name }} />}
          <RemoveGuest name={name} />
        </div>
      )}
    </article>
  );
}

function RemoveGuest({ name }: { name: string }) {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { run } = useAct();
  const remove = () =>
    void run(() => api.act<EndedRecord>('DELETE', `/api/people/${encodeURIComponent(name)}`), {
      done: (ended) => ({
        text: words.say('portal.guest_removed', { name, count: ended.revoked.length }),
        details: confirmedLines(ended, gateways, words),
      }),
      changes: ['people', 'shares', 'requests', 'home'],
    });
  return (
    <Confirm
      opens={words.say('portal.guest_remove')}
      title={words.say('portal.guest_remove_title', { name })}
      text={words.say('portal.guest_remove_text')}
      yes={words.say('portal.guest_remove')}
      onYes={remove}
    />
  );
}
