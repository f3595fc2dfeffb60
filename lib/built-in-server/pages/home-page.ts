import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { page } from './layout.ts';
import { markup } from './markup.ts';
import { portalPage } from './portal.ts';
import { voiceFor } from './voice.ts';
import { toFirstPage, toSetUp } from './ways.ts';

/** `/`: the owner's pages; while there is no owner, what this server is and how to become one. */
export function homePageRoute(model: Pick<Model, 'setUp' | 'owners'>): Route {
  return {
    method: 'GET',
    path: '/',
    page: true,
    handle(request) {
      const voice = voiceFor(request);
      const { word } = voice;
      if (model.owners.any()) return portalPage(voice);
      return page(voice, 200, word('title'), markup`<p>${word('what_it_is')}</p>${toSetUp(voice)}`);
    },
  };
}

/** Where there is nothing else: a person who mistyped an address is shown the way. */
export function lostPageRoute(): Route {
  return {
    method: 'GET',
    path: '*',
    page: true,
    handle(request) {
      const voice = voiceFor(request);
      const { word } = voice;
      const content = markup`<p>${word('nothing_here')}</p>${toFirstPage(voice)}`;
      return page(voice, 404, word('nothing_here_title'), content);
    },
  };
}
