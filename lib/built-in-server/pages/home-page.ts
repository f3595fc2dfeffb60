import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { page } from './layout.ts';
import { markup } from './markup.ts';
import { voiceFor } from './voice.ts';
import { toFirstPage, toSetUp } from './ways.ts';

/** `/`: what this server is, whether it has an owner, and where to go next. Nothing about devices or shares. */
export function homePageRoute(model: Pick<Model, 'setUp' | 'owners'>): Route {
  return {
    method: 'GET',
    path: '/',
    page: true,
    handle(request) {
      const voice = voiceFor(request);
      const { word } = voice;
      const what = markup`<p>${word('what_it_is')}</p>`;
      if (!model.owners.any()) return page(voice, 200, word('title'), markup`${what}${toSetUp(voice)}`);
      return page(
        voice,
        200,
        word('title'),
        markup`${what}<p>${word('has_owner')}</p><ul><li>${word('next_node_red')}</li>
<li><a href="/device">${word('link_device')}</a></li><li><a href="/panic">${word('link_panic')}</a></li>
<li>${word('next_api')}</li></ul>`,
      );
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
