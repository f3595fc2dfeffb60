import type { NodeAPI } from 'node-red';
import { LANGUAGES } from '../sharing/language.ts';
import { type Say, sayIn } from '../sharing/say.ts';
import { wallClock } from '../sharing/wall-clock.ts';
import type { AdminRequest } from './admin-guard.ts';

/** Turns a key into a sentence: rooms below pass keys, only this one and the pages speak. */
export type Words = Say;

/**
 * Which language the nodes of a server speak, as a tag of BCP 47: the one its node is set to, else the one Node-RED is
 * set to (`lang` of its settings), else English.
 */
export function languageOfNodes(RED: NodeAPI, chosen: string | undefined): string {
  const { lang } = RED.settings as { lang?: unknown };
  return chosen || (typeof lang === 'string' && lang !== '' ? lang : LANGUAGES[0]);
}

/** @param chosen - what the server's node is set to, where there is one */
export function wordsOf(RED: NodeAPI, chosen?: string): Words {
  return sayIn(languageOfNodes(RED, chosen), { saysUtc: true });
}

/** Says with each question of the editor which time zone its reader is in, by its name in the IANA's database. */
export const TIME_ZONE_HEADER = 'x-uma-time-zone';

/** A form is read by whoever has the editor open: it says with each question which language and which time zone that is. */
export function wordsOfForm(request: AdminRequest): Words {
  const language = request.acceptsLanguages(...LANGUAGES) || LANGUAGES[0];
  const timeZone = request.get(TIME_ZONE_HEADER) ?? '';
  return sayIn(language, wallClock(timeZone) ? { timeZone } : { saysUtc: true });
}
