import type { Refused } from '../wire/api.ts';
import type { PortalKey, Words } from '../words/words.ts';
import type { Notice } from './notices.ts';

/** Where these pages know more than the server's hint: usually that somebody else, or another tab, was faster. */
const own: Readonly<Record<string, PortalKey>> = {
  no_connection: 'portal.no_connection',
  unheard: 'portal.unheard',
  request_closed: 'portal.request_closed',
  share_ended: 'portal.share_ended',
  not_found: 'portal.not_there',
  unknown: 'portal.unknown',
};

export function refusedText({ error, hint }: Refused, words: Words): string {
  const key = Object.hasOwn(own, error) ? own[error] : undefined;
  if (key !== undefined) return words.say(key);
  return hint ?? words.say('portal.unknown');
}

export function refusedNotice(refused: Refused, words: Words): Notice {
  return { kind: 'wrong', text: refusedText(refused, words) };
}
