import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** How people reach this server, as far as they have to look after it themselves. */
export interface ShownConnection {
  notEncrypted: boolean;
  /** What it shows over TLS now. */
  certificate?(): { fingerprint: string; made: boolean };
}

/**
 * What to know before a password is typed: that the browser's warning has to be answered by comparing, with what, and
 * that this page alone proves nothing; or that other computers come without encryption.
 */
export function aboutConnection({ word }: Voice, { notEncrypted, certificate }: ShownConnection): Markup | undefined {
  if (notEncrypted) return markup`<p class="note">${word('not_encrypted')}</p>`;
  const shown = certificate?.();
  if (!shown?.made) return undefined;
  return markup`<details><summary>${word('certificate_title')}</summary>
<p>${word('certificate_compare')}</p>
<p><code>${shown.fingerprint}</code></p>
<p>${word('certificate_proof')}</p></details>`;
}
