/** Where a page sends a person next. */
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

export function toFirstPage({ word }: Voice): Markup {
  return markup`<p><a href="/">${word('link_home')}</a></p>`;
}

/** Nobody can sign in yet: a form would only refuse whatever is typed. */
export function toSetUp({ word }: Voice): Markup {
  return markup`<p>${word('no_owner')}</p><p>${word('find_link')}</p>`;
}

/** What has to be done first, while everything is stopped. */
export function toPanic({ word }: Voice): Markup {
  return markup`<a href="/panic">${word('link_panic')}</a>`;
}
