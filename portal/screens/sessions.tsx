import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { sessionWords } from '../session/session-words.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { SessionRecord } from '../wire/records.ts';

/** Where one is signed in. */
export function Sessions() {
  const words = useWords();
  return (
    <Page title={words.say('portal.sessions_title')}>
      <p>{words.say('portal.sessions_intro')}</p>
      <SessionList />
    </Page>
  );
}

export function SessionList() {
  const { api, words } = usePortal();
  const sessions = useTopic('sessions');
  const { busy, run } = useAct();
  if (sessions.value === undefined) return <Waiting held={sessions} />;
  const others = sessions.value.filter(({ current }) => !current);
  const end = (path: string) =>
    void run(() => api.act('DELETE', path), {
      done: () => ({ text: words.say('portal.session_ended') }),
      changes: ['sessions'],
    });
  return (
    <>
      <ul class="plain">
        {sessions.value.map((session) => (
          <SessionItem key={session.id} session={session} busy={busy} end={() => end(`/api/sessions/${session.id}`)} />
        ))}
      </ul>
      {others.length > 1 && (
        <Button kind="quiet" busy={busy} onPress={() => end('/api/sessions')}>
          {words.say('portal.end_others')}
        </Button>
      )}
    </>
  );
}

function SessionItem({ session, busy, end }: { session: SessionRecord; busy: boolean; end(): void }) {
  const words = useWords();
  const since = sessionWords(session, words);
  return (
    <li class="card">
      <p>{since}</p>
      {session.current ? (
        <p class="soft">{words.say('portal.session_this')}</p>
      ) : (
        <Button small kind="quiet" busy={busy} label={words.say('portal.session_end_what', { since })} onPress={end}>
          {words.say('portal.session_end')}
        </Button>
      )}
    </li>
  );
}
