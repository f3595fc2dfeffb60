import { readFileSync } from 'node:fs';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { homePageRoute } from './home-page.ts';
import { type SetUpPageParts, setUpPageRoutes } from './set-up-page.ts';

/** The plain pages: `/`, `/setup` and their style sheet. */
export function createPages(parts: SetUpPageParts & { model: Model }): Route[] {
  const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
  const headers = { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' };
  return [
    homePageRoute(parts.model),
    ...setUpPageRoutes(parts),
    {
      method: 'GET',
      path: '/style.css',
      handle: () => ({ kind: 'content', status: 200, headers, content: style }),
    },
  ];
}
