import { type Markup, markup } from './markup.ts';

/** A key's fingerprint in groups, so that two can be compared by eye. Copying gives it without the gaps. */
export function groupedFingerprint(fingerprint: string): Markup {
  const groups = fingerprint.match(/.{1,6}/g) ?? [];
  return markup`<code class="fingerprint">${groups.map((group) => markup`<span>${group}</span>`)}</code>`;
}
