import { useEffect } from 'preact/hooks';
import type { Portal } from '../shell/portal.ts';
import { changedTopics } from './changed-topics.ts';

/** Keeps what is shown up to date while the page is looked at; a browser keeps few connections, and a hidden page none. */
export function useLive({ live, shelf }: Pick<Portal, 'live' | 'shelf'>): void {
  useEffect(() => {
    const unhear = live.hear((news) => void shelf.refresh(changedTopics(news)));
    const look = () => (document.visibilityState === 'hidden' ? live.stop() : live.start());
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      live.stop();
      unhear();
    };
  }, [live, shelf]);
}
