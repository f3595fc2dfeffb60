import { fingerprintGroups } from '../../sharing/fingerprint-groups.ts';
import { type Markup, markup } from './markup.ts';

/** A key's fingerprint in groups, so that two can be compared by eye. Copying gives it without the gaps. */
export function groupedFingerprint(fingerprint: string): Markup {
  const groups = fingerprintGroups(fingerprint);
  return markup`<code class="fingerprint">${groups.map((group) => markup`<span>${group}</span>`)}</code>`;
}
