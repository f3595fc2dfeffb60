import type { Route } from '../http/router.ts';
import { page, word } from '../pages/layout.ts';
import { markup } from '../pages/markup.ts';

/** `/device`: where a code or a `need_info` sends a person (RFC 8628 3.3, UMA Grant 3.3.6). Says where to answer it. */
export const devicePageRoute: Route = {
  method: 'GET',
  path: '/device',
  page: true,
  handle: () =>
    page(200, word('device_title'), markup`<p>${word('device_answer')}</p><p>${word('device_unasked')}</p>`),
};
