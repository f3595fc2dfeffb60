import type { NodeAPI } from 'node-red';
import { type Say, sayIn } from '../sharing/say.ts';

/** Turns a key into a sentence: rooms below pass keys, only this one and the pages speak. */
export type Words = Say;

/** Speaks the language that Node-RED is set to, else English. */
export function wordsOf(RED: NodeAPI): Words {
  const { lang: language } = RED.settings as { lang?: unknown };
  return sayIn(typeof language === 'string' ? language : 'en');
}
