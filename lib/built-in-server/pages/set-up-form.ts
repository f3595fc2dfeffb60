import type { Answer } from '../http/answer.ts';
import type { WaitingCode } from '../provider/device-flow.ts';
import { complaint, field, mayGrantBox, type Wrong, waiter } from './field.ts';
import { page } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** What was typed so far; never the password. */
export interface Filled {
  code: string;
  name: string;
  connect: string;
  mayGrant: boolean;
}

/** Draws the form, with what was typed, who waits, and what was wrong. */
type SetUpForm = (status: number, filled: Filled, waiting?: WaitingCode, wrong?: Wrong) => Answer;

/**
 * The form itself. Each field has its label, its help, and what was wrong with it, tied together for screen readers.
 * @param before - what to know before a password is typed
 */
export function setUpForm(voice: Voice, before: Markup | undefined): SetUpForm {
  const { word } = voice;
  return (status, filled, waiting, wrong) => {
    const showCode = filled.code === '' || wrong?.field === 'code';
    const code = showCode
      ? field(voice, { name: 'code', value: filled.code, autocomplete: 'off', help: 'code_help' }, wrong)
      : markup`<input type="hidden" name="code" value="${filled.code}">`;
    const title = wrong === undefined ? word('set_up_title') : word('set_up_title_wrong');
    return page(
      voice,
      status,
      title,
      markup`<p>${word('set_up_intro')}</p>
${before}
${complaint(wrong)}
<form method="post" action="/setup">
${code}
${field(voice, { name: 'name', value: filled.name, autocomplete: 'username', help: 'name_help', most: 64 }, wrong)}
${field(voice, { name: 'password', type: 'password', autocomplete: 'new-password', help: 'password_help', least: 10 }, wrong)}
${field(voice, { name: 'again', type: 'password', autocomplete: 'new-password', least: 10 }, wrong)}
${connecting(voice, filled, waiting, wrong)}
<button type="submit">${word('set_up_button')}</button>
</form>`,
    );
  };
}

/** The gateway that waits: its code is shown for comparison, and typing it is the consent. */
function connecting(voice: Voice, filled: Filled, waiting: WaitingCode | undefined, wrong: Wrong | undefined): Markup {
  const help = filled.connect === '' ? 'connect_help' : 'connect_help_filled';
  return markup`<fieldset>
<legend>${voice.word('connect_legend')}</legend>
${field(voice, { name: 'connect', value: filled.connect, autocomplete: 'off', help, optional: true }, wrong)}
${waiter(voice, waiting)}
${mayGrantBox(voice, filled.mayGrant, markup`${voice.word('may_grant_later')}`)}
</fieldset>`;
}
