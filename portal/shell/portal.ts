import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Live } from '../live/live.ts';
import type { Half } from '../session/half.ts';
import type { Held, Shelf } from '../shelf/shelf.ts';
import type { Topic, Topics } from '../shelf/topics.ts';
import type { Api } from '../wire/api.ts';
import type { Words } from '../words/words.ts';
import type { Notices } from './notices.ts';

/** What every screen works with. */
export interface Portal {
  api: Api;
  half: Half;
  shelf: Shelf;
  notices: Notices;
  live: Live;
  words: Words;
}

export const PortalContext = createContext<Portal | undefined>(undefined);

export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (portal === undefined) throw new Error('a screen stands outside the shell');
  return portal;
}

export function useWords(): Words {
  return usePortal().words;
}

/** A list of the home, read at first use and drawn again whenever it was read anew. */
export function useTopic<K extends Topic>(topic: K): Held<Topics[K]> {
  const { shelf } = usePortal();
  const redraw = useRedraw();
  const held = shelf.look(topic);
  useEffect(() => shelf.want(topic, redraw, held), [shelf, topic]);
  return held;
}

/** @returns draws the component again */
export function useRedraw(): () => void {
  const [, count] = useState(0);
  return () => count((before) => before + 1);
}
