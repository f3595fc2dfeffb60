import { readFileSync } from 'node:fs';
import type { Route } from '../http/router.ts';
import { type DevicePageParts, devicePageRoutes } from './device-page.ts';
import { homePageRoute, lostPageRoute } from './home-page.ts';
import { type PanicPageParts, panicPageRoutes } from './panic-page.ts';
import { portalRoutes } from './portal.ts';
import { type SetUpPageParts, setUpPageRoutes } from './set-up-page.ts';

/** The owner's pages at `/`, and the plain ones without script: `/setup`, `/device`, `/panic`, with their style sheet. */
export function createPages(parts: SetUpPageParts & DevicePageParts & PanicPageParts): Route[] {
  const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
  const headers = { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' };
  return [
    homePageRoute(parts.model),
    lostPageRoute(),
    ...portalRoutes(),
    ...setUpPageRoutes(parts),
    ...devicePageRoutes(parts),
    ...panicPageRoutes(parts),
    {
      method: 'GET',
      path: '/style.css',
      handle: () => ({ kind: 'content', status: 200, headers, content: style }),
    },
  ];
}
