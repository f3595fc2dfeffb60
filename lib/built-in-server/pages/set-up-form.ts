import type { Answer } from '../http/answer.ts';
import type { WaitingCode } from '../provider/device-flow.ts';
import { page, word } from './layout.ts';
import { type Markup, markup } from './markup.ts';

/** What was typed so far; never the password. */
export interface Filled {
  code: string;
  name: string;
  connect: string;
  mayGrant: boolean;
}

/** What was wrong, and in which field. */
export interface Wrong {
  field: string;
  text: string;
}

/** The form itself. Each field has its label, its help, and what was wrong with it, tied together for screen readers. */
export function setUpForm(status: number, filled: Filled, waiting?: WaitingCode, wrong?: Wrong): Answer {
  const showCode = filled.code === '' || wrong?.field === 'code';
  const code = showCode
    ? field({ name: 'code', value: filled.code, autocomplete: 'off', help: 'code_help' }, wrong)
    : markup`<input type="hidden" name="code" value="${filled.code}">`;
  const title = wrong === undefined ? word('set_up_title') : word('set_up_title_wrong');
  return page(
    status,
    title,
    markup`<p>${word('set_up_intro')}</p>
${wrong === undefined ? undefined : markup`<p role="alert" class="wrong">${wrong.text}</p>`}
<form method="post" action="/setup">
${code}
${field({ name: 'name', value: filled.name, autocomplete: 'username', help: 'name_help', most: 64 }, wrong)}
${field({ name: 'password', type: 'password', autocomplete: 'new-password', help: 'password_help', least: 10 }, wrong)}
${field({ name: 'again', type: 'password', autocomplete: 'new-password', least: 10 }, wrong)}
${connecting(filled, waiting, wrong)}
<button type="submit">${word('set_up_button')}</button>
</form>`,
  );
}

/** The gateway that waits: its code is shown for comparison, and typing it is the consent. */
function connecting(filled: Filled, waiting: WaitingCode | undefined, wrong: Wrong | undefined): Markup {
  const who =
    waiting === undefined
      ? undefined
      : markup`<dl><dt>${word('waiting_name')}</dt><dd>${waiting.name}</dd>
<dt>${word('waiting_key')}</dt><dd><code>${waiting.fingerprint}</code></dd>
<dt>${word('waiting_from')}</dt><dd>${waiting.from}</dd></dl>`;
  const checked = filled.mayGrant ? markup` checked` : undefined;
  return markup`<fieldset>
<legend>${word('connect_legend')}</legend>
${field({ name: 'connect', value: filled.connect, autocomplete: 'off', help: 'connect_help', optional: true }, wrong)}
${who}
<p class="choice"><input type="checkbox" id="grant" name="grant" value="yes"${checked}> <label for="grant">${word('may_grant')}</label></p>
</fieldset>`;
}

interface Field {
  name: string;
  type?: 'text' | 'password';
  value?: string;
  autocomplete: string;
  help?: string;
  optional?: true;
  least?: number;
  most?: number;
}

function field(one: Field, wrong: Wrong | undefined): Markup {
  const { name, type = 'text', value = '', help } = one;
  const isWrong = wrong?.field === name;
  const described = help === undefined ? undefined : markup` aria-describedby="${name}-help"`;
  const invalid = isWrong ? markup` aria-invalid="true" autofocus` : undefined;
  const required = one.optional ? undefined : markup` required`;
  const least = one.least === undefined ? undefined : markup` minlength="${one.least}"`;
  const most = one.most === undefined ? undefined : markup` maxlength="${one.most}"`;
  const note = help === undefined ? undefined : markup`<p class="help" id="${name}-help">${word(help)}</p>`;
  return markup`<p><label for="${name}">${word(`field_${name}`)}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${one.autocomplete}" spellcheck="false" autocapitalize="none"${required}${least}${most}${described}${invalid}></p>
${note}`;
}
