import { sayIn } from '../../sharing/say.ts';
import { page } from '../pages/layout.ts';
import { markup } from '../pages/markup.ts';
import { voiceFor } from '../pages/voice.ts';
import { type Answer, json } from './answer.ts';
import { inLanguage } from './in-language.ts';
import type { Request } from './request.ts';
import type { Route } from './router.ts';

const hint = { key: 'hint.api_needs_encryption' };

/** 403: this would be overheard. A password that was sent all the same is not even looked at. */
export function needsEncryption(
  { language }: Pick<Request, 'language'>,
  { page: isPage }: Pick<Route, 'page'> = {},
): Answer {
  const voice = voiceFor({ language });
  if (isPage) return page(voice, 403, voice.word('needs_encryption_title'), markup`<p>${voice.say(hint)}</p>`);
  const description = 'this is not answered over the network without encryption';
  const body = { error: 'needs_encryption', error_description: description, hint: sayIn(language)(hint) };
  return inLanguage(json(403, body, { connection: 'close' }), language);
}
