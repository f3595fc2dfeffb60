import type { SessionRecord } from '../wire/records.ts';
import type { Words } from '../words/words.ts';

/** "Firefox on Android, since today 12:03, from 192.168.1.20": by what a person knows a session again. */
export function sessionWords({ createdAt, from = '…', browser, system }: SessionRecord, words: Words): string {
  const values = { at: words.when(createdAt), from };
  if (browser !== undefined && system !== undefined)
    return words.say('portal.session_known', { ...values, browser, system });
  const one = browser ?? system;
  if (one === undefined) return words.say('portal.session_since', values);
  return words.say('portal.session_half_known', { ...values, browser: one });
}
