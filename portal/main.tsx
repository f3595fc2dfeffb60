/** The owner's pages: put together, and drawn into the shell that the server sends (lib/built-in-server/pages/portal.ts). */
import { render } from 'preact';
import { createLive } from './live/live.ts';
import { createHalf } from './session/half.ts';
import { createShelf } from './shelf/shelf.ts';
import { createLoaders } from './shelf/topics.ts';
import { App } from './shell/app.tsx';
import { createNotices } from './shell/notices.ts';
import { createApi } from './wire/api.ts';
import { chooseLanguage } from './words/language.ts';
import { createWords } from './words/words.ts';

function start(place: HTMLElement): void {
  const language = chooseLanguage(navigator.languages);
  document.documentElement.lang = language;
  const losing = new Set<() => void>();
  const half = createHalf(() => localStorage);
  const lost = () => {
    for (const listener of [...losing]) listener();
  };
  const api = createApi({ fetch: (path, init) => fetch(path, init), half, lost });
  const portal = {
    api,
    half,
    shelf: createShelf(createLoaders(api)),
    notices: createNotices(),
    live: createLive({ follow: api.follow, pause }),
    words: createWords(language),
  };
  const onLost = (listener: () => void) => {
    losing.add(listener);
    return () => void losing.delete(listener);
  };
  place.replaceChildren();
  render(<App portal={portal} onLost={onLost} />, place);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const place = document.getElementById('portal');
if (place) start(place);
