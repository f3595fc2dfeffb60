import type { Answer } from '../http/answer.ts';
import { groupedFingerprint } from './fingerprint.ts';
import { page } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** What a client sent a person here with (UMA Grant 3.3.2). */
export interface ClaimsAsked {
  clientId: string;
  ticket: string;
  redirectUri: string;
  state?: string;
  /** What the client calls itself. */
  clientName: string;
  /** RFC 7638, of the client's key. */
  fingerprint: string;
}

/**
 * Asks a person to say who they are, with name and password each time: so there is no session that another page could
 * use (UMA Grant 5.1). Where they go afterwards is shown to them first.
 */
export function claimsForm(voice: Voice, status: number, asked: ClaimsAsked, typedName = '', wrong?: string): Answer {
  const { word } = voice;
  const title = wrong === undefined ? word('claims_title') : word('claims_title_wrong');
  const { origin } = new URL(asked.redirectUri);
  const content = markup`<p>${word('claims_intro', { device: asked.clientName })}</p>
<dl><dt>${word('waiting_name')}</dt><dd>${asked.clientName}</dd>
<dt>${word('waiting_key')}</dt><dd>${groupedFingerprint(asked.fingerprint)}</dd>
<dt>${word('claims_back')}</dt><dd>${origin}</dd></dl>
${wrong === undefined ? undefined : markup`<p role="alert" class="wrong">${wrong}</p>`}
<form method="post" action="/claims">
${hidden(asked)}
<p><label for="name">${word('field_name')}</label>
<input id="name" name="name" type="text" value="${typedName}" autocomplete="username" spellcheck="false" autocapitalize="none" maxlength="64"></p>
<p><label for="password">${word('field_password')}</label>
<input id="password" name="password" type="password" autocomplete="current-password"></p>
<p class="choice"><button type="submit" name="answer" value="yes">${word('claims_yes')}</button>
<button type="submit" name="answer" value="no" class="quiet">${word('claims_no')}</button></p>
</form>`;
  const answer = page(voice, status, title, content);
  // Browsers hold the redirect that follows a form to `form-action` too.
  return answer.kind === 'content' ? { ...answer, headers: { ...answer.headers, ...policyFor(origin) } } : answer;
}

function hidden({ clientId, ticket, redirectUri, state }: ClaimsAsked): Markup[] {
  const fields = {
    client_id: clientId,
    ticket,
    claims_redirect_uri: redirectUri,
    ...(state === undefined ? {} : { state }),
  };
  return Object.entries(fields).map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`);
}

function policyFor(origin: string): Record<string, string> {
  const rules = ["default-src 'none'", "style-src 'self'", `form-action 'self' ${origin}`, "base-uri 'none'"];
  return { 'content-security-policy': [...rules, "frame-ancestors 'none'"].join('; ') };
}

/** A visit that no client sent, and one that cannot be gone on with: never a redirect (UMA Grant 3.3.3). */
export function claimsNotice(voice: Voice, status: number, key: 'claims_plain' | 'claims_broken'): Answer {
  const { word } = voice;
  return page(voice, status, word('claims_title'), markup`<p>${word(key)}</p><p>${word('claims_unasked')}</p>`);
}
