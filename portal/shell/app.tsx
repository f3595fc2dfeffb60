import { Connection } from '../live/connection.tsx';
import { useHeard } from '../live/use-heard.ts';
import { useLive } from '../live/use-live.ts';
import { NoticeBoard } from '../parts/notice-board.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { SignIn } from '../screens/sign-in.tsx';
import { type Session, useSession } from '../session/use-session.ts';
import type { Held } from '../shelf/shelf.ts';
import { GuestShell } from './guest-shell.tsx';
import { Nav } from './nav.tsx';
import { type Portal, PortalContext, useWords } from './portal.ts';
import { ScreenAt } from './screens.tsx';
import { usePlace } from './use-place.ts';

interface AppProps {
  portal: Portal;
  onLost(listener: () => void): () => void;
}

export function App({ portal, onLost }: AppProps) {
  const session = useSession(portal, onLost);
  return (
    <PortalContext.Provider value={portal}>
      <Front portal={portal} session={session} />
    </PortalContext.Provider>
  );
}

function Front({ portal, session }: { portal: Portal; session: Session }) {
  const { standing, ask } = session;
  if (standing.kind === 'owner') return <OwnerShell portal={portal} session={session} />;
  if (standing.kind === 'guest') return <GuestShell session={session} />;
  if (standing.kind === 'signed-out') return <SignIn ended={standing.ended ?? false} onSignedIn={ask} />;
  if (standing.kind === 'away') return <Coming held={{ refused: standing.refused }} onRetry={ask} />;
  return <Coming />;
}

/** Before there is anything to show. */
function Coming(props: { held?: Held<unknown>; onRetry?: () => void }) {
  return (
    <Page title={useWords().say('portal.name')}>
      <Waiting {...props} />
    </Page>
  );
}

function OwnerShell({ portal, session }: { portal: Portal; session: Session }) {
  const { notices, live, shelf } = portal;
  const place = usePlace(() => {
    notices.clear();
    // Who hears of no change looks again at each step.
    if (live.isAway()) void shelf.refresh();
  });
  useLive(portal);
  if (!useHeard(portal)) return <Coming />;
  return (
    <div class="shell">
      <Nav place={place} />
      <div class="screen">
        <Connection />
        <NoticeBoard />
        <ScreenAt key={`${place.screen}/${place.id ?? ''}`} place={place} session={session} />
      </div>
    </div>
  );
}
