import { Button } from '../parts/button.tsx';
import { Folded } from '../parts/folded.tsx';
import { NoticeBoard } from '../parts/notice-board.tsx';
import { Page } from '../parts/page.tsx';
import { PasswordForm } from '../screens/password.tsx';
import { SessionList } from '../screens/sessions.tsx';
import type { Session } from '../session/use-session.ts';
import { useWords } from './portal.ts';

/** A guest owns nothing here: they see where they are signed in. */
export function GuestShell({ session }: { session: Session }) {
  const words = useWords();
  return (
    <Page title={words.say('portal.guest_title')}>
      <NoticeBoard />
      <p>{words.say('portal.guest_intro')}</p>
      <h2>{words.say('portal.sessions_title')}</h2>
      <SessionList />
      <Folded summary={words.say('portal.password_title')}>
        <PasswordForm />
      </Folded>
      <Button kind="quiet" onPress={() => void session.signOut()}>
        {words.say('portal.sign_out')}
      </Button>
    </Page>
  );
}
