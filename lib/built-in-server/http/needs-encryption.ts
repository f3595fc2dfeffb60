import { say } from '../../sharing/say.ts';
import { page, word } from '../pages/layout.ts';
import { markup } from '../pages/markup.ts';
import { type Answer, json } from './answer.ts';
import type { Route } from './router.ts';

const hint = (): string => say({ key: 'hint.api_needs_encryption' });

/** 403: this would be overheard. A password that was sent all the same is not even looked at. */
export function needsEncryption({ page: isPage }: Pick<Route, 'page'>): Answer {
  if (isPage) return page(403, word('needs_encryption_title'), markup`<p>${hint()}</p>`);
  const description = 'this is not answered over the network without encryption';
  return json(
    403,
    { error: 'needs_encryption', error_description: description, hint: hint() },
    { connection: 'close' },
  );
}
