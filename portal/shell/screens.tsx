import type { ComponentChildren } from 'preact';
import { Add } from '../screens/add.tsx';
import { Code } from '../screens/code.tsx';
import { Device } from '../screens/device.tsx';
import { Gateways } from '../screens/gateways.tsx';
import { History } from '../screens/history.tsx';
import { Home } from '../screens/home.tsx';
import { More } from '../screens/more.tsx';
import { Password } from '../screens/password.tsx';
import { People } from '../screens/people.tsx';
import { Receipts } from '../screens/receipts.tsx';
import { Requests } from '../screens/requests.tsx';
import { Server } from '../screens/server.tsx';
import { Sessions } from '../screens/sessions.tsx';
import { Stop } from '../screens/stop.tsx';
import type { Session } from '../session/use-session.ts';
import type { Place, Screen } from './route.ts';

interface ScreenProps {
  place: Place;
  session: Session;
}

const screens: Record<Screen, (props: ScreenProps) => ComponentChildren> = {
  home: () => <Home />,
  requests: () => <Requests />,
  device: ({ place }) => <Device id={place.id ?? ''} />,
  more: ({ session }) => <More session={session} />,
  sessions: () => <Sessions />,
  password: () => <Password />,
  server: () => <Server />,
  add: () => <Add />,
  code: ({ place }) => <Code code={place.id ?? ''} />,
  history: () => <History />,
  receipts: () => <Receipts />,
  people: () => <People />,
  gateways: () => <Gateways />,
  stop: () => <Stop />,
};

/** The screen of a place. */
export function ScreenAt(props: ScreenProps) {
  return <>{screens[props.place.screen](props)}</>;
}
