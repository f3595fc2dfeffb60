import type { NodeAPI } from 'node-red';
import { LANGUAGES } from '../sharing/language.ts';
import { type Say, sayIn } from '../sharing/say.ts';
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
  return sayIn(languageOfNodes(RED, chosen));
}

/** A form is read by whoever has the editor open: it says with each question which language that is. */
export function wordsOfForm(request: AdminRequest): Words {
  return sayIn(request.acceptsLanguages(...LANGUAGES) || LANGUAGES[0]);
}
