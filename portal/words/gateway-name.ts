import type { Words } from './words.ts';

/**
 * How a sentence speaks of a Node-RED: "Home has confirmed it" would be read as the home. One whose name says what it is
 * goes by it.
 */
export function gatewayCalled(name: string, words: Pick<Words, 'say'>): string {
  return /node-?red/i.test(name) ? name : words.say('portal.gateway_called', { name });
}
